"""What a caller said to a step that listens: one utterance at a time, for a reason, on record (R154, R227)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huying.calls.forms.calls import WordsForm
from huying.calls.operations.reveal_words import reveal_words
from huying.calls.queries.call_page import words_of_call
from huying.calls.views.calls import call_of
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, needs
from huying.ui.fields import refuse


@needs("citizens.reveal")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Asks why, then shows it once."""
    call = call_of(request, pk)
    utterance = get_object_or_404(words_of_call(call), pk=one)
    form = WordsForm(request.POST or None)
    context = {"call": call, "form": form, "row": utterance}
    if request.method == "POST" and form.is_valid():
        try:
            context["value"] = reveal_words(
                actor=actor_of(request), call=call, utterance=utterance, reason=form.cleaned_data["reason"], path=request.path
            )
            context["shown"] = True
        except Refusal as refusal:
            refuse(form, refusal)
    return render(request, "calls/words.html", context, status=422 if form.errors else 200)
