from huying.org.forms.sign_in import CodeForm, PasswordForm, SignInForm

__all__ = ["CodeForm", "PasswordForm", "SignInForm"]
