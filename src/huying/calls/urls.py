from django.urls import path

from huying.calls import views

app_name = "calls"
urlpatterns = [
    path("switch/route", views.route, name="route"),
    path("switch/service", views.service, name="service"),
    path("calls/", views.calls, name="calls"),
    path("calls/<int:pk>/", views.call, name="call"),
    path("calls/recordings/<int:pk>/sound", views.sound, name="sound"),
    path("calls/recordings/<int:pk>/download", views.download, name="download"),
    path("seat/", views.seat, name="seat"),
    path("seat/bar", views.bar, name="bar"),
    path("seat/do/<slug:word>", views.do, name="do"),
    path("demo/phone", views.demo_phone, name="demo-phone"),
    path("seat/phone", views.phone_window, name="phone"),
]
