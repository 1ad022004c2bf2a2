from django.urls import path

from huying.followup import views

app_name = "followup"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("ratings", views.ratings, name="ratings"),
    path("statistics", views.statistics, name="statistics"),
    path("schemes", views.make, name="make-scheme"),
    path("<str:number>/", views.work, name="work"),
    path("<str:number>/start", views.start, name="start"),
    path("<str:number>/phone", views.phone, name="phone"),
    path("<str:number>/attempt", views.attempt, name="attempt"),
    path("<str:number>/answer", views.answer, name="answer"),
    path("<str:number>/give-up", views.give_up, name="give-up"),
    path("<str:number>/exempt", views.exempt, name="exempt"),
]
