from django.urls import path

from huying.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.start, name="start"),
    path("intake/", views.start, name="new"),
    path("intake/<uuid:key>/", views.intake, name="intake"),
    path("call/<int:pk>", views.for_call, name="call"),
    path("drafts/<uuid:key>", views.keep_draft, name="draft"),
    path("drafts/<uuid:key>/drop", views.drop, name="drop"),
    path("caller", views.caller, name="caller"),
    path("beside", views.beside, name="beside"),
    path("places", views.places, name="places"),
    path("regions", views.regions, name="regions"),
    path("today/", views.today, name="today"),
]
