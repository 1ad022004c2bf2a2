from huying.workorders.queries.packs import find_template, pack_in_force, pack_of, template_of
from huying.workorders.queries.refusals import AlreadyDone, NoSuchOrder

__all__ = ["AlreadyDone", "NoSuchOrder", "find_template", "pack_in_force", "pack_of", "template_of"]
