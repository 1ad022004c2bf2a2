"""The page after it has been sent in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from huying.org.models import Centre
from huying.portal.models import OnlineDraft
from huying.portal.operations import hide_code
from huying.portal.queries import shown_code
from huying.portal.queries.send_in import first_deadline
from huying.portal.rules.wording import is_emergency
from huying.portal.views.doors import of_centre, render
from huying.portal.views.sheet import DONE
from huying.workorders.queries import template_of


@of_centre
def done(request: HttpRequest, centre: Centre, key: UUID) -> HttpResponse:
    """The result, in the browser that sent it in: number, query code, and what happens next."""
    row = OnlineDraft.objects.select_related("order__template").filter(key=key, centre=centre).exclude(order=None).first()
    if row is None or row.order is None or str(key) not in request.session.get(DONE, []):
        raise Http404
    if request.method == "POST":
        hide_code(row)
        return redirect("portal:done", centre.code, key)
    context = {
        "order": row.order, "code": shown_code(row), "reward": template_of(row.order.template).flow.reward,
        "anonymous": row.order.contact_id is None, "next": first_deadline(row.order),
        "emergency": is_emergency(row.order.content),
    }
    return render(request, centre, "done", context)
