"""What is being typed, saved as it is typed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, needs
from huying.workorders.operations.drafts import DraftSpent, Typed, drop_draft, own_draft, save_draft
from huying.workorders.queries import NoSuchOrder

NOT_TYPED = {"csrfmiddlewaretoken", "do", "_refresh"}


def typed_of(request: HttpRequest) -> Typed:
    """The fields of the form, as sent."""
    return {
        name: [str(value) for value in request.POST.getlist(name)] for name in request.POST if name not in NOT_TYPED
    }


@needs("workorders.intake")
@sensitive_post_parameters()
@require_POST
def keep_draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Called by the page itself a second after the last letter; answers when it was saved."""
    try:
        draft = save_draft(actor=actor_of(request), key=key, typed=typed_of(request))
    except NoSuchOrder:
        raise Http404 from None
    except DraftSpent as spent:
        return JsonResponse({"detail": spent.message, "number": spent.number}, status=409)
    except Refusal as refusal:
        return JsonResponse({"detail": refusal.message}, status=422)
    return JsonResponse({"saved_at": draft.updated_at.isoformat()})


@needs("workorders.intake")
def drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw a draft away; asks first."""
    actor = actor_of(request)
    if own_draft(actor, key) is None:
        raise Http404
    if request.method == "POST":
        drop_draft(actor=actor, key=key)
        messages.success(request, "草稿已删除")
        return redirect("desk:today")
    context = {
        "heading": "删除草稿", "question": "删除后不能恢复，包括已上传的附件。确定删除这份草稿吗？", "label": "删除草稿",
        "kind": "danger", "back_url": "/desk/today/",
    }
    return render(request, "ui/confirm.html", context)
