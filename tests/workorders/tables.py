"""Made-up tables of an old system, as an import meets them."""

import csv
import io
import random

HEADER = ["order_id", "date", "category1", "category2", "category3", "category4", "text", "unit", "department"]
UNITS = [("东区城管局", "城市管理局"), ("西区城管局", "城市管理局"), ("市供水公司", "供水公司"), ("公交公司", "公交公司"),
         ("北镇政府", "镇政府")]
MATTERS = [("城市管理", "市容", "占道经营", "流动摊贩"), ("公用事业", "供水", "停水", "其他"), ("交通", "公交", "服务", "投诉态度"),
           ("咨询", "政务", "证照", "办理流程")]
TEXTS = ["解放路口有流动摊贩占道经营，影响通行。", "小区从早上开始停水，请问几点恢复？",
         "三路公交车司机到站不停车，要求处理。", "请问居住证在哪里办理？"]


def made_up(count, *, prefix="OLD", seed=1):
    """`count` good rows."""
    dice = random.Random(seed)
    for index in range(count):
        unit, department = dice.choice(UNITS)
        day = f"2018{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
        yield [f"{prefix}-{index:06}", day, *dice.choice(MATTERS), dice.choice(TEXTS) + str(index), unit, department]


def as_csv(rows, *, header=HEADER, encoding="utf-8", line="\r\n"):
    out = io.StringIO()
    csv.writer(out, lineterminator=line).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def row(number="A-1", date="20180102", text="路灯不亮。", unit="东区城管局", department="城市管理局",
        categories=("城市管理", "照明", "路灯", "不亮")):
    return [number, date, *categories, text, unit, department]
