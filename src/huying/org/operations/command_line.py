"""What the commands of all rooms share: whom they are about, and who acts."""

import getpass

from django.core.management.base import CommandError

from huying.org.models import Staff
from huying.org.policies import Actor, system_actor


def find_staff(username: str) -> Staff:
    staff = Staff.objects.select_related("centre", "unit").filter(username=username).first()
    if staff is None:
        raise CommandError(f"没有用户 {username}")
    return staff


def operator() -> Actor:
    """The command line acts as the system; the record says whose shell it was."""
    try:
        return system_actor(f"命令行（{getpass.getuser()}）")
    except (KeyError, OSError):  # an account without a name
        return system_actor("命令行")
