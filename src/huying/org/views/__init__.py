from huying.org.views.account import account, all_sessions, end_any_session, end_own_session, revoke
from huying.org.views.calendars import calendar, calendar_delete, calendar_new, calendars, history
from huying.org.views.people import (
    people_list,
    person,
    person_disable,
    person_enable,
    person_new,
    person_password,
    person_second_factor,
    person_unlock,
)
from huying.org.views.places import centre, centre_new, centres, manage, regions, unit, unit_new, units
from huying.org.views.roles import role, role_delete, role_new, roles
from huying.org.views.sign_in import code, enrol, home, locked_out_by_axes, password, sign_in, sign_out

__all__ = [
    "account", "all_sessions", "calendar", "calendar_delete", "calendar_new", "calendars", "centre", "centre_new", "centres",
    "code", "end_any_session", "end_own_session", "enrol", "history", "home", "locked_out_by_axes", "manage", "password",
    "people_list", "person", "person_disable", "person_enable", "person_new", "person_password", "person_second_factor",
    "person_unlock", "regions", "revoke", "role", "role_delete", "role_new", "roles", "sign_in", "sign_out", "unit",
    "unit_new", "units",
]
