from django.conf import settings
from django.urls import path

from huying.ui import views

app_name = "ui"
urlpatterns = [
    path("watermark.svg", views.watermark, name="watermark"),
    path("elder", views.elder, name="elder"),
]
if settings.DEBUG:  # components with awkward contents, for looking at; never part of an installation
    from huying.ui.views import sample

    urlpatterns += [
        path("sample", sample.show, name="sample"),
        path("sample/regions", sample.regions, name="sample-regions"),
        path("sample/draft", sample.draft, name="sample-draft"),
        path("sample/reveal", sample.reveal, name="sample-reveal"),
    ]
