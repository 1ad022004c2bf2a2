"""Lists of callers, and what a centre has decided about its telephone."""

import re
from typing import Any

from django import forms

from huying.calls.models import CallerList, PhoneSetting
from huying.kernel.phones import is_phone, normalise_phone

MOST_NUMBERS = 5000
_NUMBER = re.compile(r"[+＋(（]?\d[\d\s()（）-]*")


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PhoneSetting
        fields = [
            "seats", "lines", "wrap_seconds", "last_agent_hours", "last_agent_seconds", "break_minutes", "after_missed", "target_20s",
            "target_15s", "surge_percent", "surge_minutes", "keep_recordings_days", "record_on_hold",
            "survey",
        ]
        help_texts = {
            "seats": "同时签入的坐席不超过此数，改动立即生效", "lines": "同时通话不超过此数，改动立即生效",
            "last_agent_hours": "此时限内再次来电的，先找上次接听的坐席", "wrap_seconds": "0 为不限",
            "record_on_hold": "不勾选时，来电人听保持音乐期间说的话不进录音，通话页标出暂停；改动对之后的保持生效",
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, low, high in (("seats", 1, 2000), ("lines", 1, 5000), ("last_agent_hours", 0, 720), ("last_agent_seconds", 0, 120),
                                ("keep_recordings_days", 90, 36500), ("surge_percent", 100, 1000), ("surge_minutes", 1, 240)):
            if (value := said.get(name)) is not None and not low <= value <= high:
                self.add_error(name, f"请填 {low} 到 {high} 之间的数")
        for name in ("target_20s", "target_15s"):
            if (share := said.get(name)) is not None and not 0 <= share <= 100:
                self.add_error(name, "请填 0 到 100 之间的百分数")
        return said


class ListForm(forms.ModelForm):  # type: ignore[type-arg]
    """`numbers`: those to be added, one a line, "number note"."""

    numbers = forms.CharField(
        label="添加号码", required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一个号码，号码后可以空格加备注；已在名单中的不会重复",
    )

    class Meta:
        model = CallerList
        fields = ["code", "name", "is_test"]
        help_texts = {
            "code": "小写字母、数字、连字符，本中心内唯一",
            "is_test": "这些号码的通话记为测试呼叫：可在通话查询中看到，不计入统计报表、话务大屏和未接回拨；只影响以后的通话",
        }

    def clean_numbers(self) -> list[tuple[str, str]]:
        found, wrong = [], []
        for at, line in enumerate(self.cleaned_data["numbers"].splitlines(), start=1):
            if not line.strip():
                continue
            lead = _NUMBER.match(line.strip())
            number = normalise_phone(lead[0]) if lead else ""
            if lead and is_phone(number):
                found.append((number, line.strip()[lead.end() :].strip(" ,，\t")[:80]))
            else:
                wrong.append(f"第 {at} 行")
        if wrong:
            raise forms.ValidationError(f"{'、'.join(wrong[:10])}不是电话号码，请改正")
        if len(found) > MOST_NUMBERS:
            raise forms.ValidationError(f"一次最多添加 {MOST_NUMBERS} 个号码")
        return found

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if CallerList.objects.filter(centre=self.instance.centre, code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("本中心已有这个代码的名单")
        return code
