from huying.workorders.forms.action import ActionForm
from huying.workorders.forms.asking import DecideExport, RevealForm, SaveFilter, WantExport
from huying.workorders.forms.filters import FilterForm

__all__ = ["ActionForm", "DecideExport", "FilterForm", "RevealForm", "SaveFilter", "WantExport"]
