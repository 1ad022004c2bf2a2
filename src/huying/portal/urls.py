from django.urls import path

from huying.portal import views

app_name = "portal"
urlpatterns = [
    path("r/<str:token>", views.rate, name="rate"),
    path("portal/", views.front, name="front"),
    path("portal/<slug:centre>/", views.home, name="home"),
    path("portal/<slug:centre>/send/", views.Send.as_view(), name="send"),
    path("portal/<slug:centre>/send/<slug:template>/", views.Send.as_view(), name="send-special"),
    path("portal/<slug:centre>/sent/<uuid:key>/", views.done, name="done"),
    path("portal/<slug:centre>/code/", views.ask_code, name="code"),
    path("portal/<slug:centre>/regions/", views.regions, name="regions"),
    path("portal/<slug:centre>/track/", views.track, name="track"),
    path("portal/<slug:centre>/leave/", views.leave, name="leave"),
    path("portal/<slug:centre>/track/<str:number>/", views.order, name="order"),
    path("portal/<slug:centre>/track/<str:number>/add/", views.supplement, name="supplement"),
    path("portal/<slug:centre>/track/<str:number>/urge/", views.urge, name="urge"),
    path("portal/<slug:centre>/track/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("portal/<slug:centre>/track/<str:number>/rate/", views.rate_own, name="rate-own"),
    path("portal/<slug:centre>/track/<str:number>/files/<int:pk>/", views.file, name="file"),
    path("portal/<slug:centre>/rate/", views.rate_home, name="rate-home"),
    path("portal/<slug:centre>/reward/", views.reward, name="reward"),
]
