"""Every component with 0, 3 and 3,000 rows, a 2,000-character text and a 40-character unit (DEBUG only).

`?rows=0|3|3000`, `?page=staff|intake|order|citizen`, `?errors=1`.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from huying.ui.fields import RegionField, refreshing

UNIT = "防城港市港口区住房和城乡建设局市政设施管理所道路照明与排水养护中队兴港片区第三工作组办"
SENTENCE = "小区门口的路灯坏了三盏，晚上老人和孩子进出都看不清路，上周已经有人在台阶上摔倒。"
LONG = (SENTENCE * 60)[:2000]
PAGES = ("staff", "intake", "order", "citizen")


_REGIONS: dict[str, list[tuple[str, str]]] = {
    "": [("4506", "防城港市")],
    "4506": [("450602", "港口区"), ("450603", "防城区"), ("450621", "上思县"), ("450681", "东兴市")],
    "450602": [("450602001", "渔洲坪街道"), ("450602002", "白沙汐街道")],
    "450602001": [("450602001001", "桃花湾社区"), ("450602001002", "兴港社区")],
}


class SampleForm(forms.Form):
    title = forms.CharField(label="标题", max_length=60, help_text="一句话说清楚什么事，60 字以内")
    content = forms.CharField(label="诉求内容", widget=forms.Textarea(attrs={"rows": 5}))
    kind = forms.ChoiceField(label="类型", choices=[("help", "求助"), ("complaint", "投诉"), ("report", "举报")])
    urgency = forms.ChoiceField(
        label="紧急程度", widget=forms.RadioSelect, choices=[("1", "一般"), ("2", "紧急"), ("3", "特急")]
    )
    secret = forms.BooleanField(label="对承办单位保密", required=False)
    happened_at = forms.DateTimeField(
        label="事发时间", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    place = RegionField(
        label="事发地点", children=lambda parent: _REGIONS.get(parent, []), url="/ui/sample/regions", required=False
    )
    photo = forms.FileField(
        label="照片、录音或文件",
        required=False,
        help_text="每个不超过 20 MB",
        widget=forms.FileInput(attrs={"data-max-mb": "20"}),
    )


class ReasonForm(forms.Form):
    why = forms.CharField(label="查看理由", max_length=100, help_text="会记入这位市民可以看到的查看记录")


def show(request: HttpRequest) -> HttpResponse:
    page = request.GET.get("page", "staff")
    data = request.POST if request.method == "POST" else {"kind": "help"} if request.GET.get("errors") else None
    form = SampleForm(data, initial={"content": LONG, "place": "450602001"})
    refreshing(form)
    context = {"form": form, "long": LONG, "unit": UNIT, **_chrome(), **_lists(int(request.GET.get("rows", 3)))}
    return render(request, f"ui/sample/{page if page in PAGES else 'staff'}.html", context)


def regions(request: HttpRequest) -> HttpResponse:
    children = _REGIONS.get(request.GET.get("parent", ""), [])
    return render(request, "ui/components/region_options.html", {"children": children})


def draft(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"saved_at": timezone.now().isoformat()})


def reveal(request: HttpRequest) -> HttpResponse:
    """Asks why; the answer to the form is a page with the value marked `data-revealed`."""
    form = ReasonForm(request.POST or None)
    value = "13900000001" if form.is_valid() else ""
    return render(request, "ui/sample/reveal.html", {"form": form, "value": value, **_chrome()})


def _chrome() -> dict[str, Any]:
    labels = ["受理", "待审", "派单", "退单", "办理", "审核", "回访", "超期", "查询"]
    nav = [
        {"url": f"?page={key}", "label": label, "key": f"alt+{place}", "count": 7 * place % 11, "active": place == 3}
        for place, (label, key) in enumerate(zip(labels, PAGES * 3, strict=False), start=1)
    ]
    return {"nav": nav, "centre": "防城港市 12345 政务服务便民热线", "live_url": ""}


def _lists(rows: int) -> dict[str, Any]:
    now = timezone.now()
    hours = [-26.4, -2, 0.6, 1.8, 3.34, 20, 30, 76]
    return {
        "rows": [_row(place, now, hours[place % 8]) for place in range(rows)],
        "order": _row(0, now, hours[0]),
        "capped": rows > 1000,
        "count": min(rows, 1000),
        "hours": [now + timedelta(hours=each) for each in hours],
        "now": now,
        "before": now - timedelta(hours=3),
        "tabs": [
            {"url": "?rows=0", "label": "没有", "count": 0, "active": rows == 0},
            {"url": "?rows=3", "label": "三条", "count": 3, "active": rows == 3},
            {"url": "?rows=3000", "label": "很多", "count": 1000, "capped": True, "active": rows == 3000},
        ],
        "steps": _steps(now),
        "events": _events(now),
        "files": [
            {"name": "现场照片 1.jpg", "url": "#", "size": 482_113, "kind": "照片", "who": "市民", "at": now},
            {"name": "关于路灯维修的情况说明（" + UNIT + "）.pdf", "url": "#", "size": 2_400_000, "kind": "PDF"},
        ],
    }


def _row(place: int, now: datetime, hours: float) -> dict[str, Any]:
    return {
        "number": f"45060002202611{20 - place % 20:02d}{place:05d}{place % 10}",
        "title": SENTENCE if place % 3 else "咨询居住证怎么办理",
        "unit": UNIT if place % 2 else "港口区城市管理局",
        "state": ("待派单", "办理中", "待签收")[place % 3],
        "kind": ("求助", "投诉", "咨询")[place % 3],
        "due": now + timedelta(hours=hours),
        "paused": place % 17 == 16,
        "created": now - timedelta(hours=place * 5),
    }


def _steps(now: datetime) -> list[dict[str, Any]]:
    labels = ["受理", "审核", "派单", "签收", "办理", "结果审核", "回访", "办结"]
    states = ["done"] * 4 + ["current"] + ["todo"] * 3
    return [
        {"label": label, "state": state, "at": now - timedelta(hours=9 - place) if state != "todo" else None}
        | ({"note": UNIT if place == 4 else ""})
        for place, (label, state) in enumerate(zip(labels, states, strict=True))
    ]


def _events(now: datetime) -> list[dict[str, Any]]:
    facts = [("依据", "《防城港市城市照明管理办法》第八条"), ("建议单位", UNIT)]
    return [
        {
            "mark": "受",
            "title": "受理",
            "who": "agent1",
            "at": now - timedelta(hours=9),
            "text": "电话受理",
            "tone": "blue",
        },
        {"mark": "派", "title": "派单", "who": "dispatcher1", "at": now - timedelta(hours=7), "text": "派给" + UNIT},
        {
            "mark": "退",
            "title": "退单",
            "who": "liaison1",
            "at": now - timedelta(hours=6),
            "facts": facts,
            "tone": "amber",
        },
        {"mark": "超", "title": "超过办理时限", "who": "系统", "at": now - timedelta(hours=2), "tone": "red"},
        {"mark": "办", "title": "办理情况", "who": "liaison2", "at": now, "text": LONG[:300], "tone": "green"},
    ]
