"""Whatever LIKE finds in title, content, place or answer, the search finds too (R250)."""

import random
import re

import pytest
from django.db import connection

from huying.kernel import clock
from huying.workorders.models import WorkOrder
from huying.workorders.operations.search import words_of
from huying.workorders.queries.filters import Filters
from huying.workorders.queries.search import WINDOW, found
from workorders.play import Play
from workorders.test_desks import FILE

pytestmark = pytest.mark.django_db
SYLLABLES = "海湾金花茶兴港迎宾中华桃源伏波渔路灯不亮下水道堵塞夜间施工噪声垃圾清运电梯故障物业收费社保转移公积金12号楼A座"
SYLLABLES += "ｗｉｆｉ，。、（）"
ORDERS, PIECES = 300, 400


def sentence(dice, length):
    return "".join(dice.choice(SYLLABLES) for _ in range(length))


@pytest.fixture
def city(cast):
    """Random orders over the last 89 days, filed as the application files them."""
    dice, base, now = random.Random(20261120), Play(cast).order, clock.now()
    rows = []
    for place in range(ORDERS):
        row = WorkOrder.objects.get(pk=base.pk)
        row.pk, row.contact, row.number = None, None, f"R-{place:06}"
        row.created_at = now - (WINDOW - WINDOW / 90) * dice.random()
        row.title, row.content = sentence(dice, dice.randint(4, 20)), sentence(dice, dice.randint(20, 200))
        row.place, row.answer = sentence(dice, dice.randint(0, 12)), sentence(dice, dice.choice((0, 80)))
        rows.append(row)
    made = WorkOrder.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        for row in made:
            cursor.execute(FILE, [row.pk, row.centre_id, row.created_at, words_of(row)])
    return made


@pytest.mark.req("R250")
def test_substrings_of_two_to_six_letters_are_found_as_by_like(cast, city):
    dice, actor, now = random.Random(7), cast.actor("supervisor1"), clock.now()
    wanted = hit = asked = 0
    while asked < PIECES:
        row = dice.choice(city)
        text, length = dice.choice([part for part in (row.title, row.content, row.place, row.answer) if part]), dice.randint(2, 6)
        start = dice.randrange(max(1, len(text) - length))
        piece = text[start : start + length]
        if not 2 <= len(piece) <= 6 or re.search(r"\W", piece):  # signs are no part of a word; blanks part words
            continue
        asked += 1
        by_like = set(
            WorkOrder.objects.extra(  # plain LIKE, as a database without the index of words would be asked
                where=["title LIKE %s OR content LIKE %s OR place LIKE %s OR answer LIKE %s"], params=[f"%{piece}%"] * 4,
            ).filter(created_at__gte=now - WINDOW).values_list("pk", flat=True)
        )
        places = found(actor, Filters(text=piece, since=now - WINDOW, until=now), None, None, 2 * ORDERS)
        wanted, hit = wanted + len(by_like), hit + len(by_like & {place.order for place in places})
    assert wanted > PIECES and hit == wanted
