"""What a password must be made of."""

LEAST_KINDS = 3


def kinds(password: str) -> int:
    """How many of upper case, lower case, digits and others occur."""
    tests = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
    return sum(any(test(sign) for sign in password) for test in tests)
