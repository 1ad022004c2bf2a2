"""Which centre a visitor is speaking with, and what may be sent in there."""

from dataclasses import dataclass

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.workorders.models import OrderTemplate
from huying.workorders.queries import find_template, template_of
from huying.workorders.queries.packs import NoTemplate
from huying.workorders.rules import Template

GENERAL = "general"


class NoCentre(Refusal):
    code = "no_centre"
    message = "没有这个地方的热线网站"


@dataclass(frozen=True, slots=True)
class Open:
    """A kind of appeal that may be sent in: its row and what the row says."""

    row: OrderTemplate
    rules: Template

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def anonymous(self) -> bool:
        """Whether nobody need say who he is."""
        return self.rules.flow.hide_caller


def centre_by_code(code: str) -> Centre:
    """The active centre of that code, in either case. Raises NoCentre."""
    found = Centre.objects.select_related("region").filter(code__iexact=code, is_active=True).first()
    if found is None:
        raise NoCentre
    return found


def default_centre() -> Centre:
    """The only, or the first and highest, active centre. Raises NoCentre while there is none."""
    found = Centre.objects.select_related("region").filter(is_active=True).order_by("path").first()
    if found is None:
        raise NoCentre("网站还没有开通，请拨打 12345")
    return found


def template_open(centre: Centre, code: str) -> Open:
    """What may be sent in under this code. Raises NoTemplate."""
    row = find_template(centre, code)
    return Open(row, template_of(row))


def online_templates(centre: Centre) -> list[Open]:
    """Every special template in force for the centre (R041, R117), the general one left out."""
    rows = OrderTemplate.objects.filter(is_active=True).exclude(code=GENERAL).order_by("id")
    codes = dict.fromkeys(rows.values_list("code", flat=True))
    found = []
    for code in codes:
        try:
            found.append(template_open(centre, code))
        except NoTemplate:  # another centre's own
            continue
    return found
