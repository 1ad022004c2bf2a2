"""Accounts and roles as forms."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator

from huying.org.catalog import ROOMS
from huying.org.forms.places import TreeChoice
from huying.org.models import Centre, Employer, Role, Staff, Unit
from huying.org.operations.staff import Person
from huying.org.policies import GOVERNMENT_ONLY, Actor
from huying.org.policies.manage import assignable, employers_for, grantable, managed_units
from huying.ui.fields import DayInput

USERNAME = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,59}\Z", "2 到 60 位字母、数字或 . _ - @，以字母或数字开头")


class RoleBoxes(forms.CheckboxSelectMultiple):
    """Boxes of which some cannot be ticked; the reason stands beside the box."""

    template_name = "org/widgets/boxes.html"
    option_template_name = "org/widgets/box.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.closed: dict[str, str] = {}
        self.notes: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        option["note"] = self.closed.get(str(value)) or self.notes.get(str(value), "")
        return option


class StaffForm(forms.Form):
    """`person()` is what the operations take. A role that cannot be given stays as it is."""

    username = forms.CharField(
        label="用户名", max_length=60, validators=[USERNAME], help_text="登录用，全系统唯一，建立后不能修改",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label="姓名", max_length=40)
    number = forms.CharField(label="工号", max_length=20, required=False)
    employer = forms.ChoiceField(label="身份", choices=Employer.choices)
    unit = TreeChoice(
        label="承办单位", queryset=Unit.objects.none(), required=False, empty_label="（不属于承办单位）",
        help_text="身份为承办单位时必选",
    )
    roles = forms.ModelMultipleChoiceField(label="角色", queryset=Role.objects.none(), required=False, widget=RoleBoxes)
    needs_second_factor = forms.BooleanField(label="登录须二次验证", required=False)
    confidentiality_signed_on = forms.DateField(
        label="保密承诺书签署日", required=False, widget=DayInput()
    )

    trained_on = forms.DateField(
        label="上岗培训合格日", required=False, widget=DayInput(), help_text="两项都有的人才能签入话务接听来电",
    )

    def __init__(self, *args: Any, actor: Actor, centre: Centre, staff: Staff | None = None, **kwargs: Any) -> None:
        if staff and "initial" not in kwargs:
            kwargs["initial"] = {
                "name": staff.name, "number": staff.number, "employer": staff.employer, "unit": staff.unit_id,
                "roles": [role.pk for role in staff.roles.all()], "needs_second_factor": staff.needs_second_factor,
                "confidentiality_signed_on": staff.confidentiality_signed_on, "trained_on": staff.trained_on,
            }
        super().__init__(*args, **kwargs)
        self.staff = staff
        if staff:
            del self.fields["username"]
        self.employers = allowed = employers_for(actor)
        cast(forms.ChoiceField, self.fields["employer"]).choices = [pair for pair in Employer.choices if pair[0] in allowed]
        cast(TreeChoice, self.fields["unit"]).queryset = managed_units(actor).filter(centre=centre, is_active=True).order_by("path")
        self._offer_roles(actor, Role.objects.filter(centre=centre))

    def _offer_roles(self, actor: Actor, roles: Any) -> None:
        cast("forms.ModelMultipleChoiceField[Role]", self.fields["roles"]).queryset = roles
        boxes = cast(RoleBoxes, self.fields["roles"].widget)
        may_give = {role.pk for role in assignable(actor, roles)}
        self.kept = [
            role for role in roles if role.pk not in may_give and self.staff and role in self.staff.roles.all()
        ]
        contractor = self._employer() == Employer.CONTRACTOR
        for role in roles:
            if role.pk not in may_give:
                boxes.closed[str(role.pk)] = "含有您自己没有的权限，不能授予或收回"
            elif contractor and GOVERNMENT_ONLY & set(role.permissions):
                boxes.notes[str(role.pk)] = "其中定责、办结审批等权限对运营承包方账号不生效"

    def _employer(self) -> str:
        """The employer chosen, or the one the page opens with."""
        return str(self["employer"].value() or self.employers[0])

    def person(self) -> Person:
        cells = self.cleaned_data
        return Person(
            name=cells["name"], number=cells["number"], employer=cells["employer"], unit=cells["unit"],
            roles=[*cells["roles"], *self.kept], needs_second_factor=cells["needs_second_factor"],
            confidentiality_signed_on=cells["confidentiality_signed_on"], trained_on=cells["trained_on"],
        )


class DisableForm(forms.Form):
    reason = forms.CharField(label="停用原因", max_length=200, help_text="如离岗、调离、账号不再使用")
    successor = forms.ModelChoiceField(
        label="接手人", queryset=Staff.objects.none(), required=False, empty_label="请选择",
        help_text="名下未办结的工作将一并移交给接手人",
    )

    def __init__(self, *args: Any, successors: Any, owing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owing:
            field = cast("forms.ModelChoiceField[Staff]", self.fields["successor"])
            field.queryset, field.required = successors, True
        else:
            del self.fields["successor"]


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = forms.MultipleChoiceField(label="权限", required=False, widget=RoleBoxes)

    class Meta:
        model = Role
        fields = ["name", "code"]
        help_texts = {"code": "本中心内唯一的英文代号"}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine, had = grantable(actor), list(self.instance.permissions)
        self.kept = [code for code in had if code not in mine]
        self.initial["permissions"] = had
        field, boxes = cast(forms.MultipleChoiceField, self.fields["permissions"]), cast(RoleBoxes, self.fields["permissions"].widget)
        field.choices = [(room, list(labels.items())) for room, labels in ROOMS.items() if labels]
        boxes.closed = {code: "您自己没有这项权限，不能增减" for code in self._codes() if code not in mine}
        boxes.notes = dict.fromkeys(GOVERNMENT_ONLY, "限热线机构人员，对运营承包方账号不生效")

    def _codes(self) -> Iterable[str]:
        return (code for labels in ROOMS.values() for code in labels)

    def clean_permissions(self) -> list[str]:
        return [*self.cleaned_data["permissions"], *self.kept]
