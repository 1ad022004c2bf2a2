from huying.org.models.authenticator import Authenticator
from huying.org.models.calendar import Calendar
from huying.org.models.centre import Centre
from huying.org.models.region import Region
from huying.org.models.role import Role
from huying.org.models.sign_in import ApiToken, SignIn
from huying.org.models.staff import Employer, Staff
from huying.org.models.unit import Unit

__all__ = ["ApiToken", "Authenticator", "Calendar", "Centre", "Employer", "Region", "Role", "SignIn", "Staff", "Unit"]
