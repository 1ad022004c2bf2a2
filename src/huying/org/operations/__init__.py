from huying.org.operations.install_roles import install_roles

__all__ = ["install_roles"]
