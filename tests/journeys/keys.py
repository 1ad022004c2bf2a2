"""Hands on the keyboard alone: where the focus is, and how it gets elsewhere."""


def active(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.name")


def on(page, wanted):
    """Whether the control with this id, or the button whose words begin so, has the focus."""
    here = active(page)
    return here == wanted if wanted.startswith("id_") else here.startswith(wanted)


def tab_to(page, wanted, most=60):
    for _ in range(most):
        if on(page, wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab, last at {active(page)}")


def press(page, key):
    page.keyboard.press(key)


def write(page, wanted, text):
    tab_to(page, wanted)
    page.keyboard.type(text)


def tab_back_to(page, wanted, most=20):
    for _ in range(most):
        if on(page, wanted):
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{wanted} is not reached by Shift+Tab, last at {active(page)}")
