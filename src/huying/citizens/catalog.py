"""Rights this room knows."""

PERMISSIONS = {"citizens.reveal": "查看诉求人敏感信息（须写原因）", "citizens.manage": "维护诉求人标签"}
