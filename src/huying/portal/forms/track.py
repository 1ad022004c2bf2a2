"""How somebody proves that an order or a reward is his."""

from django import forms

from huying.portal.forms.controls import DigitsField, PhoneField

_BARE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class PhoneLookForm(forms.Form):
    """By phone and code; the number is only for going straight to one order."""

    use_required_attribute = False
    phone = PhoneField(error_messages={"required": "请填反映问题时留的手机号"}, help_text="反映问题时留的手机号。")
    code = DigitsField(label="短信验证码", required=False)
    number = forms.CharField(label="工单号", required=False, max_length=60, widget=forms.TextInput(attrs=_BARE),
                             help_text="可以不填，不填就列出这个手机号的全部诉求。")


class CodeLookForm(forms.Form):
    """By order number and query code, for whoever left no phone."""

    use_required_attribute = False
    order_number = forms.CharField(label="工单号", max_length=60, widget=forms.TextInput(attrs=_BARE),
                                   error_messages={"required": "请填工单号，在提交成功的页面或短信里"})
    track_code = forms.CharField(label="查询码", max_length=30, widget=forms.TextInput(attrs=_BARE),
                                 error_messages={"required": "请填查询码，在提交成功的页面上"},
                                 help_text="提交成功时给您的一组字母和数字。")


class RewardCodeForm(forms.Form):
    use_required_attribute = False
    reward_code = forms.CharField(label="查询码", max_length=40, widget=forms.TextInput(attrs=_BARE),
                                  error_messages={"required": "请填查询码"}, help_text="举报时给您的 12 位字母和数字，横线可以不填。")


class RewardClaimForm(forms.Form):
    use_required_attribute = False
    pay_way = forms.CharField(
        label="怎样领取", min_length=4, max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明怎样领取", "min_length": "请写清楚一点，至少 4 个字"},
        help_text="例如：到政务服务中心 12345 窗口领现金。不用写姓名；写了银行账号，就等于告诉我们您是谁。",
    )
