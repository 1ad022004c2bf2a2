"""A prompt: its words, or a recording."""

import re
from typing import Any

from django import forms

from huying.calls.forms.rows import RowForm
from huying.calls.models import Prompt
from huying.calls.rules.recorded import KINDS, MOST_BYTES, MOST_SECONDS, BadRecording, Recorded, recorded

MOST_SIGNS = 500
_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


class PromptForm(RowForm):
    text = forms.CharField(
        label="文字", required=False, max_length=MOST_SIGNS, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"最多 {MOST_SIGNS} 字；数字按要读的样子写，如“一二三四五”。使用录音时也请写上内容，便于查找",
    )
    is_recorded = forms.TypedChoiceField(
        label="播放", choices=[("0", "由机器朗读上面的文字"), ("1", "播放上传的录音")], widget=forms.RadioSelect,
        coerce=lambda value: value == "1",
    )
    file = forms.FileField(
        label="录音文件", required=False,
        help_text=f"{KINDS} 均可，最长 {MOST_SECONDS // 60} 分钟、{MOST_BYTES // 2**20} MB；会自动转成电话音质",
        widget=forms.FileInput(attrs={"accept": "audio/*,.wav,.mp3,.m4a,.wma,.amr,.ogg,.flac", "data-max-mb": str(MOST_BYTES // 2**20)}),
    )

    class Meta:
        model = Prompt
        fields = ["name", "code", "text", "is_recorded"]
        help_texts = {"code": "小写字母、数字、连字符；不填则自动编号，建好后不能改"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sound: Recorded | None = None
        self.fields["code"].required = False
        self.fields["code"].disabled = self.instance.pk is not None
        self.initial["is_recorded"] = "1" if self.instance.is_recorded else "0"

    def clean_code(self) -> str:
        if self.instance.pk:
            return str(self.instance.code)
        if not self.cleaned_data["code"]:
            used = set(Prompt.objects.filter(centre=self.instance.centre).values_list("code", flat=True))
            return next(code for number in range(1, len(used) + 2) if (code := f"p{number}") not in used)
        if not _CODE.fullmatch(self.cleaned_data["code"]):
            raise forms.ValidationError("代码应由小写字母、数字、连字符组成")
        return super().clean_code()

    def clean_text(self) -> str:
        return " ".join(str(self.cleaned_data["text"]).split())

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given:
            try:
                if given.size > MOST_BYTES:
                    raise BadRecording(f"录音文件不能超过 {MOST_BYTES // 2**20} MB，请剪短后再上传")
                self.sound = recorded(given.read())
            except BadRecording as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return given

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("is_recorded") is False and not said.get("text") and "text" not in self.errors:
            self.add_error("text", "请写上要朗读的文字，或改为播放录音")
        if said.get("is_recorded") and self.sound is None and not self.instance.digest and "file" not in self.errors:
            self.add_error("file", "请选择录音文件，或改为由机器朗读")
        return said
