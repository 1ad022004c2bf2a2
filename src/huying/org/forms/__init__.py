from huying.org.forms.calendars import CalendarForm
from huying.org.forms.people import DisableForm, RoleForm, StaffForm
from huying.org.forms.places import CentreForm, UnitForm
from huying.org.forms.sign_in import CodeForm, PasswordForm, SignInForm

__all__ = [
    "CalendarForm", "CentreForm", "CodeForm", "DisableForm", "PasswordForm", "RoleForm", "SignInForm", "StaffForm", "UnitForm",
]
