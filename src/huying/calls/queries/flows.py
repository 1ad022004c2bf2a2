"""What the flows of a centre may name, and where a prompt is heard."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from huying.calls.models import CalledNumber, Flow, FlowVersion, OtherDesk, Prompt, SkillGroup, Trunk
from huying.calls.rules.flow_check import Known
from huying.org.models import Calendar, Centre
from huying.org.queries import ALL, tenant_scope


def known_of(centre: Centre) -> Known:
    """Prompts, calendars and desks are the centre's own; a group may be that of a centre above or below, to help out."""
    prompts = list(Prompt.objects.filter(centre=centre))
    near = Q(centre__path__startswith=centre.path) | Q(centre__in=centre.lineage)
    groups = SkillGroup.objects.filter(near, is_active=True, centre__is_active=True).select_related("centre").order_by("centre_id", "code")
    calendars = Calendar.objects.filter(centre__in=centre.lineage)
    return Known(
        sounds={prompt.sound: prompt.name for prompt in prompts},
        silent=frozenset(prompt.sound for prompt in prompts if not prompt.text and not prompt.is_recorded),
        queues={row.queue: row.name if row.centre_id == centre.pk else f"{row.name}（{row.centre}）" for row in groups},
        hours={f"c{centre.pk}": "本中心的工作时间"} | {f"h{row.pk}": row.name for row in calendars},
        desks=dict(desks_of(centre)), hears=settings.HEARING.recogniser is not None,
    )


@lru_cache(maxsize=256)
def graph_of(context: str) -> Mapping[str, Any]:
    """The published version that the switch calls "f1v3"; nothing for a name that is none. It never changes, so it is read once."""
    flow, _, number = context.removeprefix("f").partition("v")
    if not (flow.isdecimal() and number.isdecimal() and len(flow) < 18 and len(number) < 9):
        return {}
    row = FlowVersion.objects.filter(flow_id=int(flow), number=int(number)).first()
    return row.graph if row else {}


def desks_of(centre: Centre) -> list[tuple[str, str]]:
    """(code in the switch, name): the codes of queries/plan.py, where the first centre to use a code keeps it bare."""
    if not Trunk.objects.filter(is_active=True).exclude(contact="").exists():
        return []
    firsts: dict[str, str] = {}
    with tenant_scope(ALL):
        rows = OtherDesk.objects.filter(is_active=True, centre__is_active=True).order_by("centre_id", "order")
        for code, number in rows.values_list("code", "number"):
            firsts.setdefault(code, number)
    own = OtherDesk.objects.filter(centre=centre, is_active=True)
    return [(row.code if firsts.get(row.code) == row.number else f"{row.code}c{centre.pk}", str(row)) for row in own]


def uses_of(prompts: list[Prompt]) -> dict[int, list[str]]:
    """Where each prompt is heard, in words: flows as published and as drafted, called numbers, the machine's answers."""
    found: dict[int, list[str]] = {prompt.pk: [] for prompt in prompts}
    by_sound = {prompt.sound: prompt.pk for prompt in prompts}
    centres = {prompt.centre_id for prompt in prompts}
    for flow in Flow.objects.filter(centre__in=centres).select_related("published"):
        live = _sounds(flow.published.graph) if flow.published and flow.is_active else set()
        for sound in live | _sounds(flow.draft):
            if sound in by_sound:
                found[by_sound[sound]].append(f"流程“{flow.name}”{'' if sound in live else '（未发布）'}")
    for number in CalledNumber.objects.filter(greeting__in=prompts, is_active=True):
        assert number.greeting_id is not None
        found[number.greeting_id].append(f"被叫号码 {number.number} 的问候语")
    for prompt in prompts:
        if prompt.code.startswith("progress-"):
            found[prompt.pk].append("自助查询：办理进度")
        elif prompt.code.startswith("guide-") and prompt.code[6:].isdigit():
            found[prompt.pk].append("自助查询：办事指南")
    return found


def _sounds(graph: object) -> set[str]:
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    rows = [node.get("options") for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    return {str(row.get("sound")) for row in rows if isinstance(row, dict) and row.get("sound")}
