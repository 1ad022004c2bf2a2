"""`GET /api/v1/calls`: whose calls, which of them, page by page; no number in the clear."""

from datetime import datetime, timedelta

import pytest

from api.caller import Api
from huying.calls.models import Call, SkillGroup
from huying.kernel.clock import SHANGHAI

CALLS = "/api/v1/calls"
NINE = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def rows(cast):
    """Five calls, one a minute; the last of agent2, the fourth given up."""
    group = SkillGroup.objects.create(centre=cast.demo, code="g", name="综合")
    made = []
    for number in range(5):
        agent = None if number == 3 else cast.staff["agent2" if number == 4 else "agent1"]
        made.append(Call.objects.create(
            centre=cast.demo, linkedid=f"c{number}", number="13907700001", entered_at=NINE + timedelta(minutes=number),
            group=group if number else None, agent=agent, outcome="answered" if agent else "abandoned",
            milestones=[{"at": "2026-11-20T01:00:00.001+00:00", "kind": "entered"}],
        ))
    Call.objects.create(centre=cast.other, linkedid="far", entered_at=NINE)
    return made


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [call["call"] for call in answer.json()["items"]]


def test_newest_first_and_page_by_page(cast, rows):
    api = Api(cast.staff["leader1"])
    assert names(api.get(CALLS)) == ["c4", "c3", "c2", "c1", "c0"]
    seen, url = [], f"{CALLS}?limit=2"
    while url:
        answer = api.get(url)
        seen.append(names(answer))
        url = answer.json()["next"]
    assert seen == [["c4", "c3"], ["c2", "c1"], ["c0"]]


@pytest.mark.parametrize(("asked", "found"), [
    ("agent=agent2", ["c4"]), ("outcome=abandoned", ["c3"]), ("group=g&limit=200", ["c4", "c3", "c2", "c1"]),
    ("since=2026-11-20T09:03", ["c4", "c3"]), ("until=2026-11-20T09:01:00.000%2B08:00", ["c0"]),
    ("until=2026-11-20&since=2026-11-20", ["c4", "c3", "c2", "c1", "c0"]), ("since=2026-11-21", []), ("agent=nobody", []),
])
def test_filters(cast, rows, asked, found):
    assert names(Api(cast.staff["leader1"]).get(f"{CALLS}?{asked}")) == found


def test_an_agent_sees_his_own_and_the_other_city_none_of_them(cast, rows):
    assert names(Api(cast.staff["agent1"]).get(CALLS)) == ["c2", "c1", "c0"]
    assert names(Api(cast.staff["director1@OTHER"]).get(CALLS)) == ["far"]
    assert Api(cast.staff["agent1"]).get(f"{CALLS}/{rows[4].pk}").status_code == 404
    assert Api(cast.staff["director1@OTHER"]).get(f"{CALLS}/{rows[0].pk}").status_code == 404
    assert Api(cast.staff["operator1"]).get(CALLS).status_code == 403


@pytest.mark.req("R223")
def test_one_call_with_its_milestones_and_a_masked_number(cast, rows):
    answer = Api(cast.staff["leader1"]).get(f"{CALLS}/{rows[0].pk}")
    said = answer.json()
    assert (said["number"], said["agent"], said["entered_at"]) == ("139****0001", "agent1", "2026-11-20T09:00:00.000+08:00")
    assert said["milestones"] == [{"at": "2026-11-20T09:00:00.001+08:00", "kind": "entered"}] and said["legs"] == []
    assert "13907700001" not in answer.content.decode()


@pytest.mark.parametrize("asked", [
    "since=soon", "since=2026-13-01", "until=9999-12-31", "outcome=eaten", "cursor=x", "limit=0", "limit=x", "agent=%00",
])
def test_a_bad_question_is_a_problem_in_words(cast, asked):
    answer = Api(cast.staff["leader1"]).get(f"{CALLS}?{asked}")
    assert answer.status_code in {200, 400, 422}
    if answer.status_code != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_unknown_outcome_is_told_with_the_known_ones(cast):
    said = Api(cast.staff["leader1"]).get(f"{CALLS}?outcome=eaten").json()
    assert said["detail"].startswith("请检查标出的内容：outcome：只能是 going_on、answered、")


def test_no_such_call(cast):
    assert Api(cast.staff["leader1"]).get(f"{CALLS}/999999999999999999999").status_code == 404
