"""Trunks, called numbers, telephones, other desks."""

import re
from typing import Any

from django import forms

from huying.calls.forms.rows import RowForm, WordsField
from huying.calls.models import CalledNumber, OtherDesk, Phone, Trunk
from huying.calls.operations.phones import EXTENSION
from huying.calls.rules.plan_check import desk_faults, trunk_faults
from huying.switch import plan as told

_CALLED = re.compile(r"[0-9]{3,20}")
CODECS = [("alaw", "G.711 A 律"), ("ulaw", "G.711 μ 律"), ("g722", "G.722"), ("opus", "Opus")]


class TrunkForm(RowForm):
    match = WordsField(
        label="对端地址", widget=forms.Textarea(attrs={"rows": 3}), help_text="运营商侧的 IP 地址或网段，每行一个；只有这些地址可以呼入"
    )
    codecs = forms.MultipleChoiceField(label="编解码", choices=CODECS, widget=forms.CheckboxSelectMultiple)
    ranges = {"lines": (1, 5000)}

    class Meta:
        model = Trunk
        fields = ["name", "match", "contact", "codecs", "lines"]
        help_texts = {
            "name": "小写字母开头，由小写字母、数字、连字符组成", "contact": "呼出送往哪里，形如 10.0.0.1:5060",
            "lines": "呼入呼出同时不超过此数",
        }
        error_messages = {"name": {"unique": "已有这个名称的中继"}}

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors:
            row = told.Trunk(said["name"], tuple(said["match"]), said["contact"], tuple(said["codecs"]), said["lines"])
            for fault in trunk_faults(row):
                place = next((name for word, name in (("名称", "name"), ("对端", "match"), ("外呼", "contact")) if word in fault), "codecs")
                self.add_error(place, fault)
        return said


class NumberForm(RowForm):
    own = ("flow", "group", "greeting")

    class Meta:
        model = CalledNumber
        fields = ["number", "name", "flow", "group", "greeting", "is_outgoing"]
        help_texts = {
            "number": "市民拨打的号码，3 到 20 位数字，区号连写", "flow": "不选则播放问候语后直接转人工",
            "group": "流程没有另外指定时，人工服务由它接听；系统故障时也进这里", "greeting": "接通后最先播放，用于已并入的旧热线",
            "is_outgoing": "本中心外呼时对方看到的号码",
        }
        error_messages = {"number": {"unique": "这个号码已经配置过"}}

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip()
        if not _CALLED.fullmatch(number):
            raise forms.ValidationError("被叫号码应为 3 到 20 位数字，不要带空格和横线")
        return number

    def clean_is_outgoing(self) -> bool:
        wanted = bool(self.cleaned_data["is_outgoing"])
        rows = CalledNumber.objects.filter(centre=self.instance.centre, is_outgoing=True).exclude(pk=self.instance.pk)
        if wanted and (other := rows.first()):
            raise forms.ValidationError(f"外呼主叫已是 {other.number}，请先取消那个号码的外呼主叫")
        return wanted


class PhoneForm(RowForm):
    own = ("owner",)
    kind = forms.ChoiceField(label="类型", choices=[(each.value, each.label) for each in (Phone.Kind.WEBRTC, Phone.Kind.SIP)])

    class Meta:
        model = Phone
        fields = ["extension", "kind", "answering", "place", "owner"]
        help_texts = {
            "extension": "3 到 8 位数字，不以 0 开头，建好后不能改", "owner": "不选则谁都可以在这部话机签入", "place": "如“2 排 3 号”",
            "answering": "用于 SIP 话机。自动接听：话机须支持并打开自动应答（Call-Info / Alert-Info），来电、外呼时直接接通；"
            "遥控接听：话机须支持 NOTIFY talk；都不支持则拿起话机接听",
        }
        error_messages = {"extension": {"unique": "这个分机号已被使用"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extension"].disabled = self.instance.pk is not None
        self.fields["answering"].required = False
        self.fields["owner"].queryset = self.fields["owner"].queryset.filter(unit=None)  # type: ignore[attr-defined]

    def clean_answering(self) -> str:
        return str(self.cleaned_data["answering"] or self.instance.answering)

    def clean_extension(self) -> str:
        extension = str(self.cleaned_data["extension"])
        if not EXTENSION.fullmatch(extension):
            raise forms.ValidationError("分机号应为 3 到 8 位数字，不以 0 开头")
        return extension


class DeskForm(RowForm):
    near = ("trunk",)
    ranges = {"order": (0, 999)}

    class Meta:
        model = OtherDesk
        fields = ["code", "name", "number", "trunk", "order"]
        help_texts = {
            "code": "字母和数字，如 12328", "number": "转接时拨打的号码，3 到 20 位数字", "order": "小的排在前面",
            "trunk": "有专线或语音机器人时选它自己的中继；不选走第一条中继",
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors:
            for fault in desk_faults(told.Desk(said["code"], said["name"], said["number"], "")):
                self.add_error("code" if fault.startswith("代码") else "number", fault)
        return said
