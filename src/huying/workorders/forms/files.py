"""Files inside a form: new ones are taken in at once, those of an earlier try are kept and can be unticked."""

from typing import Any

from django import forms

from huying.workorders.models import Attachment


class FilesInput(forms.ClearableFileInput):
    template_name = "workorders/widgets/files.html"
    allow_multiple_selected = True
    subwidgets_own_style = True

    def __init__(self, kept: list[Attachment]) -> None:
        super().__init__({"multiple": True, "data-preview": "", "accept": "image/*,audio/*,video/*,.pdf,.doc,.docx,.xls,.xlsx,.txt"})
        self.kept = kept

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["kept"] = self.kept
        return context


class FilesField(forms.FileField):
    """Uploads of one field, and which of those taken in before are still wanted. Cleaned to a list of uploads."""

    def __init__(self, *, kept: list[Attachment], **options: Any) -> None:
        super().__init__(widget=FilesInput(kept), **options)
        self.kept = kept

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = [upload for upload in data or [] if upload]
        if self.required and not uploads and not self.kept:
            raise forms.ValidationError(str(self.error_messages["required"]), code="required")
        return uploads
