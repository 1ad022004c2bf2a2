"""The one family of errors that a person is meant to read."""


class Refusal(Exception):
    """An operation declined aloud: a Chinese sentence that says what to do, and the fields at fault.

    `code` is stable and machine-readable (snake_case); `fields` maps a form field to its own message.
    """

    code = "refused"
    message = "操作未能完成，请稍后再试"

    def __init__(self, message: str | None = None, *, fields: dict[str, str] | None = None) -> None:
        self.message = message or self.message
        self.fields = fields or {}
        super().__init__(self.message)
