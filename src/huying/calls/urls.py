from django.urls import path

from huying.calls import views

app_name = "calls"
urlpatterns = [
    path("switch/route", views.route, name="route"),
    path("switch/service", views.service, name="service"),
]
