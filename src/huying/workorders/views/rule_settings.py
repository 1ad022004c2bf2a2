"""Rule packs, special templates and numbering of a centre, on screen."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from huying.kernel import clock as time
from huying.kernel import numbering
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import actor_of, needs
from huying.ui.fields import refuse
from huying.workorders.forms.order_template import FieldFormSet, TemplateForm
from huying.workorders.forms.rule_pack import PackForm
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.operations.rule_settings import publish_pack, save_template, set_number_pattern
from huying.workorders.queries import NoPack, find_template, pack_in_force

guard = method_decorator(needs("workorders.manage_templates"), name="dispatch")


def centre_of(request: HttpRequest) -> Centre:
    staff = actor_of(request).staff
    assert staff is not None
    return staff.centre


@needs("workorders.manage_templates")
def overview(request: HttpRequest) -> HttpResponse:
    """What is in force, what comes, and the templates."""
    centre = centre_of(request)
    above = [*centre.lineage, None]
    packs = [row for row in RulePack.objects.select_related("centre") if row.centre_id in above]
    templates = [row for row in OrderTemplate.objects.select_related("centre") if row.centre_id in above]
    current = pack_in_force(centre, time.now())
    today = time.now().astimezone(time.SHANGHAI).date()
    context = {
        "packs": packs, "templates": templates, "current": current, "centre": centre, "now": time.now(),
        "pattern": numbering.in_chinese(centre.number_pattern), "pattern_help": numbering.HELP,
        "pattern_sample": numbering.sample(centre.number_pattern, region=centre.region_id or "450600", day=today),
    }
    if request.method == "POST":
        try:
            set_number_pattern(actor=actor_of(request), centre=centre, pattern=request.POST.get("number_pattern", ""))
        except Refusal as refused:
            return render(request, "workorders/settings/overview.html", context | {
                "refusal": refused, "typed": request.POST.get("number_pattern", "")}, status=422)
        messages.success(request, "编号规则已保存，从下一张工单起使用")
        return redirect("workorders:rule-settings")
    return render(request, "workorders/settings/overview.html", context)


@guard
class NewPack(View):
    """A new pack, beginning with the one in force."""

    def get(self, request: HttpRequest) -> HttpResponse:
        base = self.base(request)
        start = time.now().astimezone(time.SHANGHAI).replace(second=0, microsecond=0)
        return self.page(request, PackForm(base=base, initial={"name": base.get("name", ""), "effective_from": start}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PackForm(request.POST, base=self.base(request))
        if not form.is_valid():
            return self.page(request, form, 422)
        try:
            publish_pack(
                actor=actor_of(request), centre=centre_of(request), name=form.cleaned_data["name"],
                effective_from=form.cleaned_data["effective_from"], data=form.pack_data(),
            )
        except Refusal as refused:
            refuse(form, refused)
            return self.page(request, form, 422)
        messages.success(request, "规则包已发布，到生效时间起用于新受理的工单")
        return redirect("workorders:rule-settings")

    def base(self, request: HttpRequest) -> dict[str, Any]:
        try:
            return dict(pack_in_force(centre_of(request), time.now()).data)
        except NoPack:
            return {}

    def page(self, request: HttpRequest, form: PackForm, status: int = 200) -> HttpResponse:
        return render(request, "workorders/settings/pack.html", {"form": form}, status=status)


@guard
class EditTemplate(View):
    """A special template of the centre; a shipped one is copied when it is first changed."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        if not code:
            return self.page(request, code, TemplateForm(), FieldFormSet(prefix="f"))
        row = find_template(centre_of(request), code)
        form = TemplateForm(initial=TemplateForm.initial_of(row.code, row.name, row.data, row.is_active))
        rows = [{**field, "choices": "、".join(label for _, label in field.get("choices", []))} for field in row.data.get("fields", [])]
        return self.page(request, code, form, FieldFormSet(prefix="f", initial=rows))

    def post(self, request: HttpRequest, code: str = "") -> HttpResponse:
        form, rows = TemplateForm(request.POST), FieldFormSet(request.POST, prefix="f")
        if not (form.is_valid() and rows.is_valid()):
            return self.page(request, code, form, rows, 422)
        fields = [data for row in rows if (data := row.field_data())]
        try:
            save_template(
                actor=actor_of(request), centre=centre_of(request), code=code or form.cleaned_data["code"],
                name=form.cleaned_data["name"], data=form.template_data(fields), is_active=form.cleaned_data["is_active"],
            )
        except Refusal as refused:
            refuse(form, refused)
            return self.page(request, code, form, rows, 422)
        messages.success(request, "专项模板已保存，受理页面立即可用")
        return redirect("workorders:rule-settings")

    def page(self, request: HttpRequest, code: str, form: TemplateForm, rows: Any, status: int = 200) -> HttpResponse:
        return render(request, "workorders/settings/template.html", {"form": form, "rows": rows, "code": code}, status=status)
