"""The form of any action, made from its row in `workflow.ACTIONS` and the rows of its fields in `rules.INPUTS`."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from huying.org.models import Unit
from huying.org.policies import Actor
from huying.workorders.forms.files import FilesField
from huying.workorders.forms.units import UnitField, UnitsField, label_of
from huying.workorders.models import Assignment, Attachment, WorkOrder
from huying.workorders.rules import INPUTS, Input
from huying.workorders.workflow import Action

_REQUEST = re.compile(r"[0-9a-f]{32}")
_RADIOS_MOST = 5
_ROWS = {"reply": 7, "public_reply": 4, "content": 7, "note": 3, "opinion": 2, "answer": 6, "script": 4}


class ActionForm(forms.Form):
    """`likely` are units that others have named for this order; one press puts one of them into the field `unit`."""

    target = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    request_id = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, actor: Actor, order: WorkOrder, action: Action,
        task: Assignment | None = None, initial: Mapping[str, Any] | None = None, likely: Sequence[Unit] = (),
    ) -> None:
        start = {"version": order.version, "request_id": uuid.uuid4().hex, **(initial or {})}
        super().__init__(data, files, initial=start, prefix=None)
        self.actor, self.order, self.action, self.task = actor, order, action, task
        self.use_required_attribute = False
        self.likely = [(unit, label_of(unit)) for unit in likely]
        for name in (*action.needs, *action.takes):
            self.fields[name] = self.field_of(name, INPUTS[name], required=name in action.needs)

    @property
    def asked(self) -> list[str]:
        """Names of the fields a person fills in."""
        return [*self.action.needs, *self.action.takes]

    def field_of(self, name: str, spec: Input, *, required: bool) -> forms.Field:
        verb = {"choice": "选择", "unit": "选择", "units": "选择", "files": "上传", "points": "勾选"}.get(spec.kind, "填写")
        common: dict[str, Any] = {
            "label": spec.label, "help_text": spec.help, "required": required,
            "error_messages": {"required": f"请{verb}{spec.label}"},
        }
        if spec.kind == "choice":
            return choice_field(spec, common)
        if spec.kind in {"unit", "units"}:
            kind = UnitField if spec.kind == "unit" else UnitsField
            return kind(units=self.units(name), url=self.units_url(name), **common)
        if spec.kind == "files":
            return FilesField(kept=self.kept(name), **common)
        if spec.kind == "points":
            points = [(str(point.seq), point.text) for point in self.order.points.all()]
            return forms.MultipleChoiceField(choices=points, widget=forms.CheckboxSelectMultiple, **common)
        return text_field(name, spec, common)

    def units(self, name: str) -> QuerySet[Unit]:
        """Whom it may go to: units of the order's centre and below; a delegation only to the unit's own sub-units."""
        units = Unit.objects.filter(is_active=True, centre__path__startswith=self.order.centre.path)
        if self.action.code == "delegate" and self.task is not None:
            units = units.filter(path__startswith=self.task.unit.path).exclude(pk=self.task.unit_id)
        return units.order_by("path")

    def units_url(self, name: str) -> str:
        below = f"?below={self.task.unit_id}" if self.action.code == "delegate" and self.task else ""
        return reverse("workorders:units", args=[self.order.number]) + below

    def kept(self, name: str) -> list[Attachment]:
        """Files this person uploaded in an earlier try of this form and has not unticked."""
        wanted = self.data.getlist(f"{name}_kept") if hasattr(self.data, "getlist") else []
        ids = [int(text) for text in wanted if text.isdecimal() and len(text) < 18]
        rows = self.order.attachments.filter(pk__in=ids, uploaded_by=self.actor.staff)
        return list(rows.filter(verification=None, application=None, assignment=None))

    def values(self) -> dict[str, Any]:
        """What goes to `operations.act`; call after `is_valid`, with files already turned into ids by the view."""
        return {name: self.cleaned_data.get(name) for name in self.asked}

    @property
    def given_request_id(self) -> str:
        """The name this try was given when the form was drawn; a second sending of the same form carries the same."""
        text = str(self.cleaned_data.get("request_id") or "")
        return text if _REQUEST.fullmatch(text) else uuid.uuid4().hex


def choice_field(spec: Input, common: dict[str, Any]) -> forms.Field:
    choices = list(spec.choices)
    if len(choices) <= _RADIOS_MOST:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", "请选择"), *choices], **common)


def text_field(name: str, spec: Input, common: dict[str, Any]) -> forms.Field:
    if spec.kind == "longtext":
        rows = _ROWS.get(name, 3)
        return forms.CharField(widget=forms.Textarea({"rows": rows}), max_length=spec.longest, strip=False, **common)
    if spec.kind == "moment":
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.CharField(widget=widget, max_length=40, **common)
    if spec.kind == "whole":
        return forms.CharField(widget=forms.NumberInput({"min": spec.low, "max": spec.high}), max_length=12, **common)
    return forms.CharField(max_length=spec.longest, **common)
