"""Rights this room knows."""

PERMISSIONS = {
    "org.manage_centres": "维护运营中心",
    "org.manage_units": "维护承办单位",
    "org.manage_staff": "维护人员与账号",
    "org.manage_roles": "维护角色与权限",
    "org.manage_calendars": "维护工作日历",
    "org.end_sessions": "查看并结束他人登录",
}
