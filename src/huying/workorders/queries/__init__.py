from huying.workorders.queries.files import file_response, open_file
from huying.workorders.queries.packs import NoPack, find_template, pack_in_force, pack_of, template_of
from huying.workorders.queries.refusals import AlreadyDone, NoSuchOrder

__all__ = ["AlreadyDone", "NoPack", "NoSuchOrder", "file_response", "find_template", "open_file", "pack_in_force", "pack_of", "template_of"]
