"""A few small pictures of our own, so that a proof can be opened: plain shapes with a date board, no photo of anybody."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from huying.workorders.operations.attach import keep

SIZE = (480, 360)
NAMES = ("路灯检修", "路面修补", "现场清理", "管道抢修", "走访登记", "复查确认")
SKIES = ("#c9dff0", "#dfe7d8", "#efe3cf", "#d8dbe6", "#e9dcdc", "#d5e6e1")


@dataclass(frozen=True)
class Picture:
    """A file as attachments know it, already in the store."""

    name: str
    digest: str
    size: int


def pictures() -> list[Picture]:
    found = []
    for number, name in enumerate(NAMES):
        content = draw(number)
        found.append(Picture(f"{name}.png", keep(content), len(content)))
    return found


def draw(number: int) -> bytes:
    """A street under a sky, houses behind it, and the number of the picture as so many marks on a board."""
    image = Image.new("RGB", SIZE, SKIES[number % len(SKIES)])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 250, 480, 360), fill="#8f9499")
    for house in range(5):
        left, height = house * 100 - number * 9, 90 + (house * 37 + number * 23) % 80
        pen.rectangle((left, 250 - height, left + 80, 250), fill="#b9aea0", outline="#8a8177")
        for window in range(height // 30):
            pen.rectangle((left + 14, 262 - height + window * 30, left + 34, 276 - height + window * 30), fill="#f4efe4")
    for dash in range(6):
        pen.line((dash * 90 + 10, 305, dash * 90 + 55, 305), fill="#e8e8e8", width=5)
    pen.rectangle((330, 190, 450, 260), fill="#2f6f9f", outline="#ffffff", width=3)
    for mark in range(number + 1):
        pen.line((346 + mark * 16, 206, 346 + mark * 16, 244), fill="#ffffff", width=5)
    pen.ellipse((60 + number * 20, 268, 110 + number * 20, 290), fill="#5b5f63")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
