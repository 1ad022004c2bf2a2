"""Style sheets and scripts under names that change with their content, so that browsers may keep them for ever."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Named(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Before `huying upgrade` has collected anything (tests, development), files keep their plain names."""

    def stored_name(self, name: str) -> str:
        if settings.DEBUG or not self.hashed_files:
            return name
        return str(super().stored_name(name))
