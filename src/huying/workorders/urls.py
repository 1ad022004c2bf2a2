from django.urls import path

from huying.workorders.views import rule_settings

app_name = "workorders"
urlpatterns = [
    path("settings/", rule_settings.overview, name="rule-settings"),
    path("settings/pack/", rule_settings.NewPack.as_view(), name="new-pack"),
    path("settings/template/", rule_settings.EditTemplate.as_view(), name="new-template"),
    path("settings/template/<slug:code>/", rule_settings.EditTemplate.as_view(), name="edit-template"),
]
