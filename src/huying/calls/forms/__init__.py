from huying.calls.forms.seat import SignInForm, target_of

__all__ = ["SignInForm", "target_of"]
