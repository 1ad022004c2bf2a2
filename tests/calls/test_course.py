"""A call's milestones in words that anybody reads: no code of the switch, in order of time."""

from huying.calls.rules.course import TITLES, lines
from huying.calls.rules.fold.course import SIMPLE

PEOPLE = {"8001": "韦小岚", 7: "陆海宁"}
NAMES = {"q1": "综合", "f1v1": "主流程（第 1 版）", "f1v1:welcome": "主菜单"}


def line(kind, at="05", **more):
    return {"at": f"2026-11-26T09:00:{at}.000+08:00", "kind": kind, **more}


def said(*rows):
    return [(row.title, row.who, row.facts) for row in lines(rows, PEOPLE, NAMES)]


def test_steps_and_menus_go_by_their_names():
    assert said(line("node", flow="f1v1", node="welcome")) == [
        ("语音导航", "", [("流程", "主流程（第 1 版）"), ("节点", "主菜单")])
    ]
    assert said(line("node", flow="f9v9", node="gone")) == [("语音导航", "", [("流程", "f9v9"), ("节点", "gone")])]



def test_what_the_switch_says_of_a_queue_is_said_in_words():
    assert said(line("left_queue", queue="q1", why="ANSWERED")) == [("离开排队", "", [("队列", "综合"), ("原因", "已接听")])]


def test_an_invitation_that_nobody_followed_is_not_a_rating():
    invited, rated = said(line("invited", by="key"), line("rated", "06", rating=None))
    assert invited == ("邀请评价", "", [("方式", "按键评价")])
    assert rated == ("未按键评价", "", [])
    assert said(line("rated", rating=5)) == [("按键评价", "", [("按键", "5")])]


def test_the_end_of_after_work_stands_where_it_happened():
    rows = said(line("ended", "30", by="agent"), line("after_work_ended", "20", staff=7), line("entered", "01"))
    assert [row[0] for row in rows] == ["进入热线", "话后处理完成", "通话结束"]
    assert rows[1][1] == "陆海宁"


def test_a_pause_of_the_recording_is_one_line_and_one_of_a_key_none():
    rows = [
        line("recording_paused", "05"), line("held", "05"), line("recording_resumed", "17"), line("retrieved", "17"),
        {"at": "2026-11-26T09:00:20.100+08:00", "kind": "recording_paused"},
        {"at": "2026-11-26T09:00:21.000+08:00", "kind": "recording_resumed"},
        line("recording_paused", "30"),
    ]
    assert [row[0] for row in said(*rows)] == [
        "保持", "来电人一侧暂停录音 12 秒", "取回", "来电人一侧暂停录音，至通话结束",
    ]


def test_every_kind_has_a_title():
    assert {kind for kind, _ in SIMPLE.values()} <= set(TITLES)
