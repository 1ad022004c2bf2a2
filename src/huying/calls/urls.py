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
    path("calls/wall/", views.wall, name="wall"),
    path("calls/board/", views.board, name="board"),
    path("calls/wall/<int:pk>/<slug:word>", views.hand, name="hand"),
    path("calls/help/<int:pk>", views.help_answer, name="help-answer"),
    path("calls/day/", views.day, name="day"),
    path("calls/day/<str:username>/", views.day, name="day-of"),
    path("calls/log/", views.log, name="log"),
    path("seat/talk/", views.talk, name="talk"),
    path("seat/talk/<str:username>/", views.talk, name="talk-with"),
    path("seat/help", views.call_for_help, name="help"),
    path("seat/", views.seat, name="seat"),
    path("seat/bar", views.bar, name="bar"),
    path("seat/do/<slug:word>", views.do, name="do"),
    path("demo/phone", views.demo_phone, name="demo-phone"),
    path("seat/phone", views.phone_window, name="phone"),
]
