"""The table of tests/test_permissions.py: who gets what from every route (issue, section 2; R207, R251, R252).

A new route needs one line here, else the test fails and names it:

    "workorders:to-dispatch": page("dispatcher1 leader1"),          GET, 200 for these people of DEMO
    "workorders:order": page(EVERYBODY, number=order),              an address with an object of DEMO in it
    "workorders:act": send("agent1", number=order, status=302),     POST; `data={...}` is what is posted
    "portal:progress": public(),                                    200 for all, signed in or not

Everybody not named is refused: 404 with the refusal on record. A visitor goes to the sign-in page (302). The other
tenant's people (agent1@OTHER, director1@OTHER) are refused wherever the address holds an object of DEMO, and elsewhere
get what agent1 and director1 get. Exceptions: `anonymous=404`, `refused=403`, `recorded=False`, `status=302`,
`shared=True` for an address whose object is not DEMO's alone.

An argument is a value, or a function of the cast (below) that makes the object once and returns what stands in the
address. REST routes are listed as "GET /workorders" in API and asked with each person's token: `rest("agent1")` for who
is let in, whatever the answer to an empty body then is; the others get 403 or, where they may not even know of the
order, 404; 401 without a token.
"""

from uuid import uuid4

import permission_orders as orders
from cast import Cast
from huying.kernel import clock
from huying.org.models import ApiToken, Calendar, Role, SignIn, Unit
from huying.portal.models import OnlineDraft
from huying.workorders.models.webhook import Delivery, Webhook
from huying.workorders.operations.drafts import save_draft
from permission_row import EVERYBODY, MANAGERS, Row, page, public, rest, send
from permission_telephone import CALLS, SEES_CALLS, WATCHES, call_of_agent1
from workorders.play import Play

# What stands in the addresses.

def order(cast: Cast) -> str:
    """An order with the unit of liaison1 and unitleader1, signed."""
    return Play(cast).handling().number


def to_follow_up(cast: Cast) -> str:
    """An order whose reply has been accepted."""
    return Play(cast).handling().replied().do("reviewer1", "pass_check").number


def unit(cast: Cast) -> int:
    return Unit.objects.create(centre=cast.demo, code="X", name="某单位").pk


def person(cast: Cast) -> int:
    return cast.staff["agent2"].pk


def role(cast: Cast) -> int:
    return Role.objects.create(centre=cast.demo, code="x", name="某角色").pk


def calendar(cast: Cast) -> int:
    return Calendar.objects.create(centre=cast.demo, name="某日历").pk


def sign_in(cast: Cast) -> int:
    return SignIn.objects.create(staff=cast.staff["agent2"], session_key="x").pk


def token(cast: Cast) -> int:
    return ApiToken.objects.create(staff=cast.staff["agent2"], digest=b"x").pk


def centre(cast: Cast) -> int:
    return cast.demo.pk


def draft(cast: Cast) -> str:
    """What agent1 is typing."""
    key = uuid4()
    save_draft(actor=cast.actor("agent1"), key=key, typed={"title": ["路灯不亮"]})
    return str(key)


def webhook(cast: Cast) -> int:
    return Webhook.objects.create(
        centre=cast.demo, staff=cast.staff["operator1"], url="https://example.org", events=["sign"], secret="x",
        created_at=clock.now(),
    ).pk


def delivery(cast: Cast) -> int:
    return Delivery.objects.create(
        webhook=Webhook.objects.latest("id"), centre=cast.demo, event_id=1, kind="sign", number="1", body="{}",
        created_at=clock.now(),
    ).pk


ORG = {
    "org:sign-in": page(EVERYBODY, status=302, anonymous=200),
    "org:code": page(EVERYBODY, status=302),
    "org:enrol": page(EVERYBODY),
    "org:sign-out": send(EVERYBODY),
    "org:account": page(EVERYBODY),
    "org:password": page(EVERYBODY),
    "org:end-own-session": send("", pk=sign_in),
    "org:revoke-token": send("", pk=token),
    "org:regions": public(),
    "org:manage": page(f"{MANAGERS} leader1 quality1 buyer1", status=302),
    "org:centres": page(MANAGERS),
    "org:centre-new": page(MANAGERS),
    "org:centre": page(MANAGERS, pk=centre),
    "org:units": page(MANAGERS),
    "org:unit-new": page(MANAGERS),
    "org:unit": page(MANAGERS, pk=unit),
    "org:people": page(MANAGERS),
    "org:person-new": page(MANAGERS),
    "org:person": page(MANAGERS, pk=person),
    "org:person-disable": page(MANAGERS, pk=person),
    "org:person-enable": send(MANAGERS, pk=person),
    "org:person-password": send(MANAGERS, pk=person, status=200),
    "org:person-unlock": send(MANAGERS, pk=person),
    "org:person-second-factor": send(MANAGERS, pk=person),
    "org:roles": page(MANAGERS),
    "org:role-new": page(MANAGERS),
    "org:role": page(MANAGERS, pk=role),
    "org:role-delete": send(MANAGERS, pk=role),
    "org:calendars": page(MANAGERS),
    "org:calendar-new": page(MANAGERS),
    "org:calendar": page(MANAGERS, pk=calendar),
    "org:calendar-delete": send(MANAGERS, pk=calendar),
    "org:sessions": page(f"{MANAGERS} leader1"),
    "org:end-session": send(f"{MANAGERS} leader1", pk=sign_in),
    "org:history": page(f"{MANAGERS} quality1 buyer1"),
}

INTAKE = "agent1 leader1 dispatcher1"
DESK = {
    "desk:start": page(INTAKE, status=302),
    "desk:new": page(INTAKE, status=302),
    "desk:intake": page("agent1", key=draft, shared=True),  # the other tenant sees an empty form
    "desk:draft": send("agent1", key=draft, status=200),
    "desk:drop": page("agent1", key=draft),
    "desk:call": page("agent1 leader1", pk=call_of_agent1, status=302),
    "desk:caller": send(INTAKE, status=200),
    "desk:beside": send(INTAKE, status=200),
    "desk:places": page(INTAKE),
    "desk:regions": page(INTAKE),
    "desk:today": page(INTAKE),
}

WORKORDERS = {
    "workorders:rule-settings": page(MANAGERS),
    "workorders:new-pack": page(MANAGERS),
    "workorders:new-template": page(MANAGERS),
    "workorders:edit-template": page(MANAGERS, code="general", shared=True),
}

READS_MESSAGES = f"{MANAGERS} leader1 reviewer1 quality1 supervisor1 buyer1"
MESSAGING = {
    "messaging:messages": page(READS_MESSAGES),
    "messaging:statistics": page(READS_MESSAGES),
    "messaging:templates": page(MANAGERS),
    "messaging:template": page(MANAGERS, code="accepted", shared=True),
    "messaging:switch": send(MANAGERS, code="accepted", shared=True),
    "messaging:trial": send(MANAGERS, code="accepted", status=200, shared=True),
    "messaging:rule": send(MANAGERS, status=200),
    "messaging:receipts": send("", name="nobody", anonymous=404),
}

FOLLOWS_UP = "leader1 followup1"
READS_RATINGS = "leader1 reviewer1 followup1 quality1 supervisor1 director1 buyer1"
FOLLOWUP = {
    "followup:desk": page(FOLLOWS_UP),
    "followup:ratings": page(READS_RATINGS),
    "followup:statistics": page(READS_RATINGS),
    "followup:make-scheme": send("director1", status=200),
    "followup:work": page(FOLLOWS_UP, number=to_follow_up),
    "followup:start": send(FOLLOWS_UP, number=to_follow_up),
    "followup:phone": send(FOLLOWS_UP, number=to_follow_up),
    "followup:attempt": send(FOLLOWS_UP, number=to_follow_up, status=200),
    "followup:answer": send(FOLLOWS_UP, number=to_follow_up, status=200),
    "followup:give-up": send(FOLLOWS_UP, number=to_follow_up, status=200),
    "followup:exempt": send(FOLLOWS_UP, number=to_follow_up, status=200),
}

def sent(cast: Cast) -> str:
    """What a visitor has sent in, in a browser of his own."""
    now = clock.now()
    return str(OnlineDraft.objects.create(
        key=uuid4(), centre=cast.demo, template="general", order=Play(cast).order, created_at=now, updated_at=now,
    ).key)


PORTAL = {
    "front": public(status=302),
    "portal:rate": public(status=404, token="x", recorded=False),
    "portal:front": public(status=302),
    "portal:home": public(centre="DEMO"),
    "portal:send": public(centre="DEMO"),
    "portal:send-special": public(centre="DEMO", template="safety_report"),
    "portal:done": public(centre="DEMO", key=sent, status=404),
    "portal:code": public(method="POST", centre="DEMO"),
    "portal:regions": public(centre="DEMO"),
    "portal:track": public(centre="DEMO"),
    "portal:leave": public(method="POST", centre="DEMO", status=302),
    # an order nobody here has proven to be his, staff included: back to where that can be done
    **{f"portal:{name}": public(centre="DEMO", number=order, status=302)
       for name in ("order", "supplement", "urge", "withdraw", "rate-own")},
    "portal:file": public(centre="DEMO", number=order, pk=1, status=404),
    "portal:rate-home": public(centre="DEMO"),
    "portal:reward": public(centre="DEMO"),
}

ORDERS = {
    **{f"workorders:desk-{code}": page(who) for code, who in orders.DESKS.items()},
    "workorders:lists": page(EVERYBODY, status=302),
    "workorders:save-filter": send(f"{orders.SEE} {orders.UNITS}", code="all", data={"name": "x"}, shared=True),
    "workorders:forget-filter": send("agent1", code="all", pk=orders.kept),
    "workorders:tracks": page(orders.SEE),
    "workorders:search": page(f"{orders.CENTRE} {orders.UNITS}"),
    "workorders:exports": page("dispatcher1 reviewer1 director1 buyer1"),
    "workorders:want-export": page("", recorded=False),  # without naming a list: 404 for all
    "workorders:decide-export": send("director1 buyer1", pk=orders.wanted),
    "workorders:fetch-export": send("dispatcher1", pk=orders.wanted),
    "workorders:order": page(f"{orders.SEE} {orders.UNITS}", number=orders.number),
    "workorders:do": page("agent1 leader1 dispatcher1 reviewer1 followup1 supervisor1 director1 liaison1 unitleader1",
                          number=orders.number, code="comment"),
    "workorders:reveal": page("agent1 leader1 dispatcher1 reviewer1 followup1 supervisor1 director1 liaison1 unitleader1",
                              number=orders.number, field="phone"),
    "workorders:clock": page(f"{orders.SEE} {orders.UNITS}", number=orders.number, pk=orders.running),
    "workorders:file": page("", number=orders.number, pk=orders.file),  # its content is not there: 404 for all
    "workorders:dial": send("agent1 leader1 dispatcher1 followup1", number=orders.number),
    "workorders:follow": send(f"{orders.SEE} {orders.UNITS}", number=orders.number),
    "workorders:hold": send(f"{orders.SEE} {orders.UNITS}", number=orders.number),
    "workorders:units": page(f"{orders.SEE} {orders.UNITS}", number=orders.number),
    "workorders:alike": page("leader1 dispatcher1 reviewer1 director1", number=orders.number),
}

OTHERS = {
    "healthz": public(),
    "readyz": public(status=503),  # no worker runs beside the tests
    "metrics": public(),
    "ui:watermark": page(EVERYBODY, anonymous=404),
    "ui:elder": public(status=302),
}

TABLE: dict[str, Row] = {**ORG, **DESK, **WORKORDERS, **MESSAGING, **FOLLOWUP, **PORTAL, **ORDERS, **CALLS, **OTHERS}

SEES = EVERYBODY.removesuffix(" operator1")
WRITES = "agent1 leader1 dispatcher1 reviewer1 followup1 liaison1 unitleader1 supervisor1 director1"
UNITS = "liaison1 unitleader1"
DISPATCH = "leader1 dispatcher1 reviewer1"
JUDGES = "reviewer1 supervisor1 director1"
CALLERS = "leader1 followup1"
CHECKERS = "reviewer1 director1"
PRESSES = "leader1 followup1 director1"
ACTIONS = {
    "add_assistant": DISPATCH, "approve_extension": JUDGES, "approve_return": JUDGES, "approve_suspension": JUDGES,
    "arbitrate": JUDGES, "assist_reply": UNITS, "attempt": CALLERS, "close": JUDGES, "comment": WRITES, "contact": UNITS,
    "decline": INTAKE, "delegate": UNITS, "direct_answer": INTAKE, "dispatch": DISPATCH, "edit": INTAKE,
    "exempt_follow_up": CALLERS, "find_impossible": PRESSES, "finish_follow_up": CALLERS, "give_up_follow_up": CALLERS,
    "grant_reward": CHECKERS, "mark_special": CHECKERS,
    "merge": DISPATCH, "pass_check": CHECKERS, "pass_review": DISPATCH, "pay_reward": CHECKERS,
    "press": PRESSES, "recall": DISPATCH, "redispatch": DISPATCH, "refer": DISPATCH, "rehandle": PRESSES,
    "reject_check": CHECKERS, "reject_close": JUDGES, "reject_extension": JUDGES, "reject_return": JUDGES,
    "reject_review": DISPATCH, "reject_sign_off": "unitleader1 director1", "reject_suspension": JUDGES, "reopen": JUDGES,
    "reply": UNITS, "request_extension": UNITS, "request_return": UNITS, "request_suspension": UNITS, "resume": UNITS,
    "reveal": WRITES, "send_message": "agent1 leader1 dispatcher1 reviewer1 followup1 supervisor1 director1",
    "set_urgency": DISPATCH, "sign": UNITS, "sign_off": "unitleader1 director1", "split": DISPATCH,
    "start_follow_up": CALLERS, "submit": INTAKE, "supervise": "supervisor1 director1", "supplement": WRITES,
    "urge": WRITES, "verify": UNITS, "withdraw": INTAKE,
}
"""REST: who is let in to take an action on the order (what the answer then is depends on its fields and state)."""

API: dict[str, Row] = {
    "POST /workorders": rest(INTAKE),
    "GET /workorders": rest(EVERYBODY),
    "GET /workorders/{number}": rest(SEES, number=order),
    "GET /workorders/{number}/events": rest(SEES, number=order),
    "GET /workorders/{number}/actions": rest(SEES, number=order),
    "GET /workorders/{number}/attachments": rest(SEES, number=order),
    "POST /workorders/{number}/attachments": rest(WRITES, number=order),
    "GET /workorders/{number}/attachments/{int:file}": rest("", number=order, file=1),
    **{f"POST /workorders/{{number}}/{action}": rest(who, number=order) for action, who in ACTIONS.items()},
    "POST /webhooks": rest("operator1"),
    "GET /seats": rest(WATCHES),
    "GET /calls": rest(SEES_CALLS),
    "GET /calls/{int:call}/recording": rest("", call=call_of_agent1),  # not sealed; who may is in tests/api/test_calls_outside.py
    "GET /calls/{int:call}": rest("agent1 leader1 reviewer1 quality1 supervisor1 director1 buyer1", call=call_of_agent1),
    "GET /queues": rest(WATCHES),
    "GET /webhooks": rest("operator1"),
    "GET /webhooks/{int:webhook}": rest("operator1", webhook=webhook),
    "PATCH /webhooks/{int:webhook}": rest("operator1", webhook=webhook),
    "DELETE /webhooks/{int:webhook}": rest("operator1", webhook=webhook),
    "GET /webhooks/{int:webhook}/deliveries": rest("operator1", webhook=webhook),
    "POST /webhooks/{int:webhook}/deliveries/{int:one}/replay": rest("operator1", webhook=webhook, one=delivery),
}
