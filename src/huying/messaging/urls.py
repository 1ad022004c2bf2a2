from django.urls import path

from huying.messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.messages, name="messages"),
    path("statistics", views.statistics, name="statistics"),
    path("templates", views.templates, name="templates"),
    path("templates/<slug:code>", views.template, name="template"),
    path("templates/<slug:code>/switch", views.switch, name="switch"),
    path("templates/<slug:code>/trial", views.trial, name="trial"),
    path("rule", views.rule, name="rule"),
    path("receipts/<slug:name>", views.receipts, name="receipts"),
]
