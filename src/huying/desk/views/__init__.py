from huying.desk.views.call import for_call
from huying.desk.views.drafts import drop, keep_draft
from huying.desk.views.intake import intake, start
from huying.desk.views.panels import beside, caller, places, regions
from huying.desk.views.today import today

__all__ = ["beside", "caller", "drop", "for_call", "intake", "keep_draft", "places", "regions", "start", "today"]
