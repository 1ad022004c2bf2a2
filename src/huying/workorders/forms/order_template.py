"""The form of a special template: what it asks, how it goes, how it is numbered."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from huying.kernel import numbering
from huying.workorders.catalog import Kind
from huying.workorders.forms.rule_pack import TermField

FIELD_KINDS = [("text", "一行文字"), ("longtext", "多行文字"), ("choice", "单选"), ("number", "数字"), ("date", "日期"), ("bool", "是否")]
EXAMPLE = numbering.sample("QZ{date:%Y}{serial:5}{check:1}", region="", day=date(2026, 11, 26))
FLAGS = [("review", "派单前必须审核"), ("hide_caller", "对承办单位隐藏诉求人"), ("confidential", "默认保密"),
         ("special", "按特殊单审核"), ("reward", "有举报奖励（凭查询码领取）")]
SIGN_OFF = [("", "不需要签发"), ("unit", "承办单位领导签发"), ("centre", "热线主管领导签发")]


class TemplateForm(forms.Form):
    """A template's JSON as people fill it in."""

    code = forms.SlugField(label="编码", max_length=40, help_text="字母、数字、下划线，保存后不可改")
    name = forms.CharField(label="名称", max_length=60)
    kinds = forms.MultipleChoiceField(
        label="受理的诉求类型", choices=Kind.choices(), widget=forms.CheckboxSelectMultiple
    )
    flags = forms.MultipleChoiceField(label="流程", choices=FLAGS, required=False, widget=forms.CheckboxSelectMultiple)
    sign_off = forms.ChoiceField(label="答复签发", choices=SIGN_OFF, required=False)
    handle = TermField(label="办理时限", required=False, help_text="空：按规则包")
    number_pattern = forms.CharField(
        label="编号规则", max_length=120, required=False,
        help_text=f"空：按中心规则。{numbering.HELP}。例：QZ{{日期:年}}{{流水号:5}}{{校验位:1}} 得出 {EXAMPLE}",
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def template_data(self, fields: list[dict[str, Any]]) -> dict[str, Any]:
        said = self.cleaned_data
        flow: dict[str, Any] = dict.fromkeys(said["flags"], True)
        if said["sign_off"]:
            flow["sign_off"] = said["sign_off"]
        data: dict[str, Any] = {"fields": fields, "flow": flow, "kinds": said["kinds"]}
        if said["number_pattern"]:
            data["number_pattern"] = numbering.in_code(said["number_pattern"])
        if said["handle"]:
            data["handle"] = said["handle"]
        return data

    @staticmethod
    def initial_of(code: str, name: str, data: Mapping[str, Any], active: bool) -> dict[str, Any]:
        flow = data.get("flow", {})
        return {
            "code": code, "name": name, "kinds": data.get("kinds", list(Kind)),
            "flags": [flag for flag, _ in FLAGS if flow.get(flag)], "sign_off": flow.get("sign_off", ""),
            "handle": data.get("handle"), "number_pattern": numbering.in_chinese(data.get("number_pattern", "")), "is_active": active,
        }


class FieldForm(forms.Form):
    """One extra field; an empty label means no field."""

    label = forms.CharField(label="字段名称", max_length=30, required=False)
    name = forms.RegexField(r"^[a-z][a-z0-9_]*$", label="字段编码", max_length=30, required=False)
    kind = forms.ChoiceField(label="类型", choices=FIELD_KINDS, required=False)
    required = forms.BooleanField(label="必填", required=False)
    choices = forms.CharField(label="选项（用、分开）", max_length=300, required=False)

    def field_data(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said.get("label"):
            return None
        row = {"name": said["name"] or "", "label": said["label"], "kind": said["kind"] or "text", "required": said["required"]}
        if row["kind"] == "choice":
            row["choices"] = [[text, text] for text in (part.strip() for part in said["choices"].split("、")) if text]
        return row

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("label") and not said.get("name"):
            self.add_error("name", "请填写字段编码（小写字母、数字、下划线）")
        return said


FieldFormSet = forms.formset_factory(FieldForm, extra=4, max_num=20)
