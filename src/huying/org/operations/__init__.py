from huying.org.operations.install_roles import install_roles
from huying.org.operations.tokens import authenticate, issue_token, revoke_token

__all__ = ["authenticate", "install_roles", "issue_token", "revoke_token"]
