"""Citizens hold no rights by role: what a visitor may see, he has proven to be his (`policies.proof`)."""

PERMISSIONS: dict[str, str] = {}
