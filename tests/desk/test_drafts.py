"""What is typed is kept as typed: after a crash, with two windows open, against another person (R220)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huying.workorders.models import Attachment, Draft, IdempotencyKey, WorkOrder
from huying.workorders.operations.drafts import LONGEST, MOST, typed_in


def save(agent, **typed):
    return agent.client.post(reverse("desk:draft", args=[agent.key]), typed)


@pytest.mark.req("R220")
def test_crash_loses_nothing(desk):
    agent = desk()
    answer = save(agent, title="路灯不亮", content="刚打了一半", phone="13907700001", point=["一", "二"], is_group="on", region_1="450602")
    assert answer.json()["saved_at"]
    after_crash = desk()
    text = after_crash.open(agent.key).content.decode()
    for typed in ("路灯不亮", "刚打了一半", "13907700001", ">一<", ">二<"):
        assert typed in text
    assert agent.key.hex in after_crash.client.get(reverse("desk:today")).content.decode().replace("-", "")


def test_contact_lies_encrypted(desk):
    agent = desk()
    save(agent, title="路灯不亮", phone="13907700001", name="张小满", address="3 栋 501")
    draft = Draft.objects.get()
    everything = repr(draft.data).encode() + bytes(draft.secret)
    for secret in ("13907700001", "张小满", "3 栋 501"):
        assert secret.encode() not in everything
    assert typed_in(draft)["phone"] == ["13907700001"]


def test_two_windows_do_not_overwrite_each_other(desk):
    one, two = desk(), desk()
    save(one, title="第一件事")
    save(two, title="第二件事")
    save(one, title="第一件事，补充")
    assert sorted(draft.data["title"][0] for draft in Draft.objects.all()) == ["第一件事，补充", "第二件事"]


def test_another_person_finds_no_draft(desk):
    agent, other = desk(), desk("agent2")
    save(agent, title="路灯不亮")
    other.key = agent.key
    assert other.open(agent.key).status_code == 404
    assert save(other, title="覆盖").status_code == 404
    assert other.client.post(reverse("desk:drop", args=[agent.key])).status_code == 404
    assert Draft.objects.get().data["title"] == ["路灯不亮"]


def test_save_that_comes_late_leaves_no_ghost(desk):
    agent = desk()
    agent.send("submit")
    answer = save(agent, title="迟到的暂存")
    assert (answer.status_code, answer.json()["number"]) == (409, WorkOrder.objects.get().number)
    assert not Draft.objects.exists()


def test_too_much_is_said(desk, cast):
    agent = desk()
    assert save(agent, content="长" * LONGEST).status_code == 422
    Draft.objects.bulk_create(
        Draft(key=f"00000000-0000-4000-8000-{n:012}", centre=cast.demo, staff=cast.staff["agent1"]) for n in range(MOST)
    )
    assert "草稿已有" in save(agent, title="再来一份").json()["detail"]


def test_put_aside_and_dropped(desk):
    agent = desk()
    page = agent.send("draft")
    assert "已暂存" in page.content.decode()
    assert "海湾社区路灯不亮" in page.content.decode()
    drop = reverse("desk:drop", args=[agent.key])
    assert "删除后不能恢复" in agent.client.get(drop).content.decode()
    agent.client.post(drop)
    assert not Draft.objects.exists()
    assert not IdempotencyKey.objects.exists()


def file(name="说明.txt", content=b"words"):
    return SimpleUploadedFile(name, content)


def test_files_stay_with_the_draft_and_become_the_orders(desk):
    agent = desk()
    page = agent.send(refresh="files", files=[file("一.txt", b"one"), file("二.txt", b"two")])
    assert "一.txt" in page.content.decode()
    assert Attachment.objects.filter(draft__key=agent.key, order=None).count() == 2
    dropped = Attachment.objects.get(name="二.txt")
    agent.send(refresh=f"drop:{dropped.pk}")
    agent.send("submit", files=[file("三.txt", b"three")])
    order = WorkOrder.objects.get()
    assert [row.name for row in order.attachments.all()] == ["一.txt", "三.txt"]
    assert not order.attachments.exclude(draft=None).exists()


def test_refused_file_is_said_and_the_rest_is_kept(desk):
    agent = desk()
    page = agent.send("submit", files=[file("页.html", b"<html><script>alert(1)</script>"), file()])
    text = page.content.decode()
    assert page.status_code == 422
    assert "页.html：不支持这种文件" in text
    assert "说明.txt" in text
    assert "海湾社区路灯不亮" in text
    assert not WorkOrder.objects.exists()


def test_file_of_another_draft_cannot_be_dropped(desk):
    agent, other = desk(), desk("agent2")
    agent.send(refresh="files", files=[file()])
    kept = Attachment.objects.get()
    assert other.send(refresh=f"drop:{kept.pk}").status_code == 404
    for nonsense in ("drop:x", "drop:99999999999999999999", "drop:"):
        assert agent.send(refresh=nonsense).status_code == 404
    assert Attachment.objects.get() == kept
