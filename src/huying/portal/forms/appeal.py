"""The form by which anybody tells the hotline something, with a special template's own questions where there are any."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from huying.portal.forms.controls import DigitsField, PhoneField, upload
from huying.portal.queries.centres import Open
from huying.portal.queries.regions import Children
from huying.ui.fields import DayInput, RegionField
from huying.workorders.rules import ExtraField

FILES = ("photo", "papers", "voice")
IDENTITIES = [("resident", "市民"), ("enterprise", "企业"), ("tourist", "游客")]
KIND_WORDS = {
    "help": "请帮我解决问题（求助）", "complaint": "对单位或服务不满意（投诉）", "consultation": "想问清楚一件事（咨询）",
    "report": "有人违法违规（举报）", "suggestion": "提一个建议（建议）", "praise": "想表扬人或单位（表扬）",
}


class AppealForm(forms.Form):
    """`has_voice`: a recording has been taken in, so nothing need be typed. The code is compared by the view."""

    use_required_attribute = False
    prefix_extra = "extra_"

    content = forms.CharField(
        label="发生了什么", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="想到什么写什么：什么事、什么时候、希望怎么解决。不用选部门。",
    )
    photo = upload("拍一张照片", accept="image/*", sort="image", many=False, help="可以不拍。", capture="environment")
    papers = upload("照片、视频或文件", accept="image/*,audio/*,video/mp4,video/webm,.pdf,.doc,.docx,.xls,.xlsx,.txt",
                   sort="video", many=True, help="可以不传，最多 9 个。照片里的拍摄位置会自动去掉。")
    voice = upload("录音", accept="audio/*", sort="audio", many=False, capture="microphone",
                   help="可以不录。不方便打字就说出来，我们会听。")
    place = forms.CharField(
        label="具体地点", required=False, max_length=200,
        help_text="路名、小区、门牌、旁边有什么。上面选到区县，或写在这里，填一样就行。楼栋和房号会加密保存。",
    )
    anonymous = forms.BooleanField(
        label="匿名，不留姓名和电话", required=False, help_text="承办单位和热线都不知道您是谁。请抄下提交后的查询码，凭它查进度、领奖励。",
    )
    name = forms.CharField(label="怎么称呼您", required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}),
                           help_text="可以不填，只写“张先生”也行；企业请写企业名称。")
    phone = PhoneField(required=False, help_text="用来告诉您结果，承办单位只看到隐去中间四位的号码。")
    code = DigitsField(label="短信验证码", required=False)
    identity = forms.ChoiceField(label="您是", choices=IDENTITIES, widget=forms.RadioSelect, initial="resident", required=False)
    kind = forms.ChoiceField(label="这是一件什么事", required=False, help_text="不确定就不用选，工作人员会判断。")
    confidential = forms.BooleanField(
        label="对承办单位保密", required=False, help_text="办理的单位看不到您的姓名、电话，只有热线工作人员能联系您。",
    )

    def __init__(self, *args: Any, opened: Open, children: Children, regions_url: str, has_voice: bool = False,
                 elder: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_voice = has_voice
        self.opened = opened
        self.fields["region"] = RegionField(label="在哪里", children=children, url=regions_url, required=False)
        self.extra = [self._add(spec) for spec in opened.rules.fields]
        self._fit(opened, elder)

    def _add(self, spec: ExtraField) -> str:
        name = f"{self.prefix_extra}{spec.name}"
        self.fields[name] = control(spec)
        return name

    def _fit(self, opened: Open, elder: bool) -> None:
        """Leave out what this template does not ask."""
        kinds = opened.rules.kinds
        chooser: Any = self.fields["kind"]
        chooser.choices = [("", "请工作人员判断"), *((kind, KIND_WORDS[kind]) for kind in kinds)]
        left_out = [] if opened.anonymous else ["anonymous"]
        left_out += ["kind"] if len(kinds) == 1 else []
        left_out += ["confidential"] if opened.rules.flow.confidential else []
        for name in left_out:
            del self.fields[name]
        if elder:
            self.fields["content"].widget.attrs["rows"] = 5

    def clean_content(self) -> str:
        text = str(self.cleaned_data["content"]).replace("\x00", "").strip()
        if len(text) < 5 and not self.has_voice:
            hint = "请再写清楚一点，至少 5 个字" if text else "请写下发生了什么，至少 5 个字；不方便打字，可以录音"
            raise forms.ValidationError(hint)
        return text

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        nowhere = not said.get("place", "").strip() and not _below_top(self, said.get("region", ""))
        if nowhere and "place" not in self.errors and "region" not in self.errors:
            self.add_error("place", "请选一下在哪里，或写出路名、小区，好让人找得到")
        if not said.get("anonymous") and not said.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "请填手机号，好告诉您结果")
        return said

    def extra_values(self) -> dict[str, str]:
        """What the template's own fields hold, by their own names, as `create_order` takes it."""
        cut = len(self.prefix_extra)
        return {name[cut:]: worded(self.cleaned_data.get(name)) for name in self.extra}


def _below_top(form: AppealForm, code: str) -> bool:
    """Whether a place narrower than the whole city has been chosen."""
    field = form.fields["region"]
    assert isinstance(field, RegionField)
    return bool(code) and code not in {pair[0] for pair in field.children("")}


def worded(value: Any) -> str:
    return "" if value is None else ("1" if value else "") if isinstance(value, bool) else str(value)


def control(spec: ExtraField) -> forms.Field:
    """The form field of one field of a template (R041)."""
    options: dict[str, Any] = {"label": spec.label, "required": spec.required, "help_text": "" if spec.required else "可以不填。"}
    if spec.required:
        options["error_messages"] = {"required": f"请填写{spec.label}"}
    if spec.kind == "choice":
        options["error_messages"] = {"required": f"请选择{spec.label}"}
        return forms.ChoiceField(choices=spec.choices, widget=forms.RadioSelect, **options)
    if spec.kind == "number":
        return forms.IntegerField(min_value=0, max_value=10**9, **options)
    if spec.kind == "date":
        return forms.DateField(widget=DayInput(), **options)
    if spec.kind == "bool":
        return forms.BooleanField(**options)
    if spec.kind == "longtext":
        return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), **options)
    return forms.CharField(max_length=200, **options)


def posted(request: HttpRequest, form: AppealForm, names: Iterable[str]) -> Mapping[str, str]:
    """What the page sent for these fields, as typed; an unticked box is "", a field not among them is left out."""
    found: dict[str, str] = {}
    for name in names:
        field = form.fields.get(name)
        if field is None or name in FILES:
            continue
        value = field.widget.value_from_datadict(request.POST, request.FILES, name)
        found[name] = ("on" if value else "") if isinstance(value, bool) else str(value or "")[:6000]
    return found
