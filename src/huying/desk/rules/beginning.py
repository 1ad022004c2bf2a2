"""What a fresh intake form holds."""

BEGINNING = {"urgency": "normal", "channel": "phone", "template": "general", "caller_kind": "resident", "address_way": "phone"}
