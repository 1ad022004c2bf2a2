"""The front door: every room that has pages hangs its own urls in here."""

from django.urls import include, path

urlpatterns = [
    path("ui/", include("huying.ui.urls")),
]

handler404 = "huying.ui.views.errors.not_found"
