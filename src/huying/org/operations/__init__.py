from huying.org.operations.install_roles import install_roles
from huying.org.operations.obligations import OBLIGATIONS, Duty, Obligation, owed_by, register_obligation
from huying.org.operations.staff import disable_staff, enable_staff
from huying.org.operations.tokens import authenticate, issue_token, revoke_token

__all__ = [
    "OBLIGATIONS", "Duty", "Obligation", "authenticate", "disable_staff", "enable_staff", "install_roles", "issue_token",
    "owed_by", "register_obligation", "revoke_token",
]
