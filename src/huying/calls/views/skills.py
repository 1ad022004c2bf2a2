"""Skills of people: one table for a centre."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from huying.calls.forms.skills import SkillsForm
from huying.calls.models import SkillGroup
from huying.calls.operations.rows import MANAGE
from huying.calls.operations.skills import save_skills
from huying.calls.policies import own_centres
from huying.calls.views.home import home_of
from huying.org.models import Staff
from huying.org.policies import actor_of, needs
from huying.org.queries.paging import page_of
from huying.org.rules.asked import text


@needs(MANAGE)
@never_cache
def skills(request: HttpRequest) -> HttpResponse:
    """Only the rows on the page are saved; `?q=` looks for a name or user name."""
    actor, home, asked = actor_of(request), home_of(request), text(request.GET, "q")
    people = Staff.objects.filter(centre=home, unit=None, is_active=True)
    if asked:
        people = people.filter(name__icontains=asked) | people.filter(username__icontains=asked)
    page = page_of(people.order_by("username"), request.GET, size=60)
    groups = SkillGroup.objects.filter(centre=home, is_active=True).order_by("code")
    form = SkillsForm(request.POST or None, people=page.rows, groups=groups)
    if request.method == "POST" and form.is_valid():
        count = save_skills(actor=actor, centre=home, shown=set(form.cells), wanted=form.wanted())
        messages.success(request, f"已改动 {count} 处，已签入的坐席立即生效" if count else "没有改动")
        return redirect(f"{reverse('calls:skills')}?{request.GET.urlencode()}")
    about = {"form": form, "page": page, "home": home, "homes": list(own_centres(actor)), "asked": asked}
    return render(request, "calls/settings/skills.html", about, status=422 if form.is_bound and form.errors else 200)
