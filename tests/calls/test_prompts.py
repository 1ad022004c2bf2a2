"""What centres have the switch say: read by the voice, unless a recording was uploaded."""

import pytest

from huying.calls.models import Prompt
from huying.calls.queries.prompts import prompt_texts


@pytest.mark.django_db
def test_texts_are_spoken_centre_by_centre_and_recordings_are_not(cast):
    Prompt.objects.create(centre=cast.demo, code="hello", name="欢迎", text="您好")
    Prompt.objects.create(centre=cast.demo, code="voice", name="录音", text="旧文字", is_recorded=True)
    Prompt.objects.create(centre=cast.demo, code="empty", name="空")
    Prompt.objects.create(centre=cast.other, code="hello", name="欢迎", text="您好，邻市热线")
    assert prompt_texts() == {
        f"c{cast.demo.pk}": {"hello": "您好"}, f"c{cast.other.pk}": {"hello": "您好，邻市热线"},
    }
