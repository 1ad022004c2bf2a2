"""One appeal being typed, as its page needs it: what has been kept, the form over it, the question that is asked now."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from huying.kernel.phones import normalise_phone
from huying.org.models import Centre
from huying.portal.forms import AppealForm, posted
from huying.portal.forms.appeal import FILES
from huying.portal.models import OnlineDraft
from huying.portal.operations import check_limit, count_use, keep_typed, open_draft
from huying.portal.policies import is_elder, proven_phone
from huying.portal.queries import children_of, draft_files, typed_in
from huying.portal.queries.centres import Open
from huying.portal.rules.questions import Question, questions
from huying.portal.views.doors import address_of
from huying.workorders.models import Attachment

SALT, DRAFTS, DONE = "portal.draft", "portal_drafts", "portal_done"
KEPT_DONE = 8
ASKED_CODE = "asked_code"
"""Kept with what was typed: a code was sent on the way, so the question of it goes on being counted."""


@dataclass
class Sheet:
    """`key` names the draft; the row is made when the first thing arrives."""

    request: HttpRequest
    centre: Centre
    opened: Open
    key: uuid.UUID
    draft: OnlineDraft | None = None
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def elder(self) -> bool:
        return is_elder(self.request)

    @property
    def token(self) -> str:
        """The key as the page carries it; signed, so that nobody can fill our table with keys of his own making."""
        return signing.dumps(str(self.key), salt=SALT)

    @property
    def files(self) -> list[Attachment]:
        return draft_files(self.draft)

    def form(self, *, bound: bool) -> AppealForm:
        made: dict[str, Any] = {
            "opened": self.opened, "children": children_of(self.centre), "elder": self.elder,
            "regions_url": reverse("portal:regions", args=[self.centre.code]),
            "has_voice": any(file.media_type.startswith("audio/") for file in self.files),
        }
        region = {"region": self.centre.region_id} if self.centre.region_id else {}
        known: dict[str, Any] = {"identity": "resident", "phone": proven_phone(self.request.session), **region, **self.typed}
        return AppealForm(known, **made) if bound else AppealForm(initial=known, **made)

    def questions(self, form: AppealForm) -> list[Question]:
        anonymous = bool(self.typed.get("anonymous")) and "anonymous" in form.fields
        return questions(extra=form.extra, anonymous=anonymous, proven=self.phone_proven and not self.typed.get(ASKED_CODE))

    @property
    def phone_proven(self) -> bool:
        """Whether the phone typed here is the one this browser has proven."""
        own = proven_phone(self.request.session)
        return bool(own) and own == normalise_phone(self.typed.get("phone", own))

    def keep(self, more: Mapping[str, str]) -> None:
        """Write it over what had been kept; the code itself is for this request only."""
        assert self.draft is not None
        self.typed = {**self.typed, **more}
        keep_typed(self.draft, {name: value for name, value in self.typed.items() if name != "code"})


def begin(request: HttpRequest, centre: Centre, opened: Open) -> Sheet:
    """The draft this browser has open, else a new one."""
    kept = request.session.get(DRAFTS, {}).get(_place(centre, opened.code))
    draft = OnlineDraft.objects.filter(key=kept, centre=centre, template=opened.code, order=None).first() if kept else None
    key = draft.key if draft else uuid.uuid4()
    return Sheet(request, centre, opened, key, draft, typed_in(draft))


def come_back(request: HttpRequest, centre: Centre, opened: Open) -> Sheet:
    """The draft named by the page that was sent. Raises TooMuch for a flood of new ones.

    A page whose token does not hold (another installation's, a forged one) goes on with a new draft: what was typed
    comes with the request itself.
    """
    key = read_token(request.POST.get("draft", ""))
    draft = OnlineDraft.objects.filter(key=key, centre=centre, template=opened.code).first() if key else None
    if draft is None:
        address = address_of(request)
        check_limit("draft_address", address, centre)
        draft = open_draft(centre, opened.code, key or uuid.uuid4())
        count_use("draft_address", address, centre)
    remember(request, centre, draft)
    return Sheet(request, centre, opened, draft.key, draft, typed_in(draft))


def read_token(token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def remember(request: HttpRequest, centre: Centre, draft: OnlineDraft) -> None:
    drafts = request.session.get(DRAFTS, {})
    if drafts.get(_place(centre, draft.template)) != str(draft.key):
        request.session[DRAFTS] = {**drafts, _place(centre, draft.template): str(draft.key)}


def take_typed(sheet: Sheet, form: AppealForm, names: Iterable[str]) -> None:
    """What the page sent goes over what had been kept."""
    sheet.keep(posted(sheet.request, form, names))


def uploads(request: HttpRequest) -> list[Any]:
    return [each for name in FILES for each in request.FILES.getlist(name)]


def finished(request: HttpRequest, key: uuid.UUID) -> None:
    """This browser may read the result page of that draft."""
    done = [each for each in request.session.get(DONE, []) if each != str(key)]
    request.session[DONE] = [*done, str(key)][-KEPT_DONE:]
    drafts = request.session.get(DRAFTS, {})
    request.session[DRAFTS] = {place: each for place, each in drafts.items() if each != str(key)}


def _place(centre: Centre, template: str) -> str:
    return f"{centre.pk}:{template}"
