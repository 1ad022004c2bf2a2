from huying.portal.queries.centres import NoCentre, centre_by_code, default_centre, online_templates, template_open
from huying.portal.queries.drafts import draft_files, seal, shown_code, typed_in
from huying.portal.queries.own_orders import my_orders, order_ids_of, own_order
from huying.portal.queries.progress import Progress, progress_of
from huying.portal.queries.regions import children_of, chosen_names

__all__ = [
    "NoCentre", "Progress", "centre_by_code", "children_of", "chosen_names", "default_centre", "draft_files", "my_orders",
    "online_templates", "order_ids_of", "own_order", "progress_of", "seal", "shown_code", "template_open", "typed_in",
]
