from huying.org.views.account import account, all_sessions, end_any_session, end_own_session, revoke
from huying.org.views.sign_in import code, enrol, home, locked_out_by_axes, password, sign_in, sign_out

__all__ = [
    "account", "all_sessions", "code", "end_any_session", "end_own_session", "enrol", "home", "locked_out_by_axes",
    "password", "revoke", "sign_in", "sign_out",
]
