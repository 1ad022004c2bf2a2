"""A made-up centre with telephones for the load of calls: two groups, two numbers, a menu, a carrier on loopback.

`12345` has a menu and is served by the agents of `general`; `12346` goes straight to `meeting`, whose calls become
three-way conferences (in the run of faults: which answers while something is dead).
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CARRIER = "127.0.0.2"
MENU_KEY = RATING = 5
WRAP_SECONDS = 1


@dataclass
class Hotline:
    """What the parties of the run need to know; `general` and `meeting` are extensions."""

    centre: Any
    sip: tuple[str, int]
    third_port: int
    cookie: str
    general: list[str] = field(default_factory=list)
    meeting: list[str] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:  # as telephony.node.Node has it
        return self.sip


def set_up() -> None:
    """This process becomes one of the installation's, and says on standard output nothing but figures."""
    os.environ["HUYING_LOG_LEVEL"] = "ERROR"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    import django

    django.setup()
    see_all()


def see_all() -> None:
    """The walls between centres stand in the session: each new one, as after a death of the database, has to be let in."""
    from django.db import Error, connection

    from huying.org.queries import ALL, set_scope

    for _ in range(100):
        try:
            return set_scope(ALL)
        except Error:
            connection.close()
            time.sleep(0.2)


def build(port: int, third_port: int, general: int, meeting: int) -> Hotline:
    """Centre, groups, numbers, telephones and their people; the gateway brings it to the switch."""
    from huying.calls.models import CalledNumber, PhoneSetting, SkillGroup, Trunk
    from huying.calls.operations import config_changed
    from huying.org.models import Centre, Region
    from huying.org.operations import install_roles

    region = Region.objects.create(code="450602", name="港口区", level=2, full_name="防城港市港口区")
    centre = Centre.objects.create(code="BENCH", name="测试中心", region=region)
    roles = install_roles(centre)
    PhoneSetting.objects.update_or_create(centre=centre, defaults={
        "seats": general + meeting, "lines": 1000, "wrap_seconds": WRAP_SECONDS, "after_missed": "ready"})
    Trunk.objects.create(centre=centre, name="carrier", match=[CARRIER], contact=f"{CARRIER}:{third_port}",
                         codecs=["alaw"], lines=1000)
    groups = {code: SkillGroup.objects.create(centre=centre, code=code, name=code, wrap_seconds=WRAP_SECONDS, most_wait=600,
                                              strategy="rrmemory") for code in ("general", "meeting")}
    flow = menu(centre, groups["general"])
    CalledNumber.objects.create(centre=centre, number="12345", name="热线", group=groups["general"], flow=flow, is_outgoing=True)
    CalledNumber.objects.create(centre=centre, number="12346", name="三方", group=groups["meeting"])
    hotline = Hotline(centre, ("127.0.0.1", port + 2), third_port, cookie_of(centre, roles["leader"]))
    for number in range(general + meeting):
        code = "general" if number < general else "meeting"
        extension, password = person(centre, roles["agent"], groups[code], number)
        getattr(hotline, code).append(extension)
        hotline.passwords[extension] = password
    config_changed()
    return hotline


def menu(centre: Any, group: Any) -> Any:
    from huying.calls.models import Flow, FlowVersion, Prompt
    from huying.kernel import clock

    prompt = Prompt.objects.create(centre=centre, code="menu", name="导航", text="您好，人工服务请按五。", changed_at=clock.now())
    graph = {"start": "welcome", "nodes": [
        {"id": "welcome", "kind": "menu", "options": {"sound": prompt.sound, "tries": "3", "timeout": "5"},
         "exits": {str(MENU_KEY): "people", "timeout": "people", "invalid": "people"}},
        {"id": "people", "kind": "queue", "options": {"queue": group.queue}, "exits": {}},
    ]}
    flow = Flow.objects.create(centre=centre, name="导航", draft=graph)
    flow.published = FlowVersion.objects.create(centre=centre, flow=flow, number=1, graph=graph, published_at=clock.now())
    flow.save()
    return flow


def person(centre: Any, role: Any, group: Any, number: int) -> tuple[str, str]:
    """An agent with a SIP telephone of his own: its extension and password."""
    from huying.calls.models import Phone, Skill
    from huying.calls.operations.phones import phone_password
    from huying.kernel import clock
    from huying.org.models import Employer, Staff

    today = clock.now().date()
    staff = Staff.objects.create(username=f"seat{number}", name=f"话务员{number}", centre=centre, employer=Employer.GOVERNMENT,
                                 confidentiality_signed_on=today, trained_on=today)
    staff.roles.add(role)
    Skill.objects.create(centre=centre, staff=staff, group=group, level=1)
    phone = Phone.objects.create(centre=centre, extension=str(8001 + number), kind=Phone.Kind.SIP, password=phone_password(), owner=staff)
    return phone.extension, phone.password


def cookie_of(centre: Any, role: Any) -> str:
    """The session of somebody who watches the walls."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from huying.org.models import Employer, SignIn, Staff

    staff = Staff.objects.create(username="leader1", name="班长", centre=centre, employer=Employer.GOVERNMENT)
    staff.roles.add(role)
    session = SessionStore()
    session.update({SESSION_KEY: str(staff.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: staff.get_session_auth_hash()})
    session.create()
    SignIn.objects.create(staff=staff, session_key=session.session_key)
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def sign_in(hotline: Hotline) -> None:
    """All telephones' people take their seats and are ready, as the phone bar does it."""
    from huying.calls.operations import set_state, sign_in_seat
    from huying.org.models import Staff
    from huying.org.policies import staff_actor

    for staff in Staff.objects.filter(centre=hotline.centre, username__startswith="seat").order_by("pk"):
        actor = staff_actor(staff)
        set_state(actor, sign_in_seat(actor), "ready")


def configured(data: Path, hotline: Hotline) -> bool:
    """Whether the switch's files name the last telephone and number, and the gateway has it on the line."""
    from huying.calls.queries.switch import gateway_lives

    etc = data / "switch" / "etc"
    try:
        known = (etc / "pjsip.conf").read_text(), (etc / "extensions.conf").read_text()
    except OSError:
        return False
    return f"[{[*hotline.general, *hotline.meeting][-1]}]" in known[0] and "12346" in known[1] and gateway_lives()
