"""Give a centre the shipped roles (roles.md); it edits its own copy afterwards."""

import json
from importlib.resources import files

from huying.org.models import Centre, Role


def install_roles(centre: Centre) -> dict[str, Role]:
    """The centre's roles by code; missing ones are created, existing ones are left as they are."""
    shipped = json.loads(files("huying.org").joinpath("packs/roles.json").read_text("utf-8"))
    have = {role.code: role for role in Role.objects.filter(centre=centre)}
    for row in shipped:
        if row["code"] not in have:
            have[row["code"]] = Role.objects.create(
                centre=centre, code=row["code"], name=row["name"], permissions=row["permissions"]
            )
    return have
