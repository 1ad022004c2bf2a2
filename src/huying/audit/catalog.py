"""Rights this room knows."""

PERMISSIONS = {"audit.read": "查看操作与查看记录", "audit.trace": "泄密倒查"}
