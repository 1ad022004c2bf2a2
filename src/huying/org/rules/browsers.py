"""A browser's own description of itself in two words that a person recognises."""

BROWSERS = {
    "MicroMessenger": "微信", "DingTalk": "钉钉", "Edg": "Edge", "360SE": "360 浏览器", "QQBrowser": "QQ 浏览器", "Firefox": "火狐",
    "Chrome": "Chrome", "Safari": "Safari", "curl": "curl",
}
SYSTEMS = {
    "HarmonyOS": "鸿蒙", "Android": "安卓", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
    "Linux": "Linux",
}


def browser_name(agent: str) -> str:
    """`Chrome · Windows`; the first twenty letters of what is unknown."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    return " · ".join(filter(None, [browser, system])) or agent[:20] or "未知浏览器"
