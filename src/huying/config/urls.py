"""The front door: every room that has pages hangs its own urls in here."""

from django.urls import include, path

from huying.config import probes
from huying.config.api import api
from huying.config.front import front

urlpatterns = [
    path("api/v1/", api.urls),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("desk/", include("huying.desk.urls")),
    path("ui/", include("huying.ui.urls")),
    path("orders/", include("huying.workorders.urls")),
    path("followup/", include("huying.followup.urls")),
    path("", include("huying.calls.urls")),
    path("messages/", include("huying.messaging.urls")),
    path("", front, name="front"),
    path("", include("huying.portal.urls")),
    path("", include("huying.org.urls")),
]

handler404 = "huying.ui.views.errors.not_found"
handler500 = "huying.ui.views.errors.server_error"
