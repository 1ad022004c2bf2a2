from django.urls import path

from huying.workorders.rules.desks import CODES
from huying.workorders.views import act, desk, export, order, rule_settings, search, small, tracks

app_name = "workorders"
urlpatterns = [
    path("settings/", rule_settings.overview, name="rule-settings"),
    path("settings/pack/", rule_settings.NewPack.as_view(), name="new-pack"),
    path("settings/template/", rule_settings.EditTemplate.as_view(), name="new-template"),
    path("settings/template/<slug:code>/", rule_settings.EditTemplate.as_view(), name="edit-template"),
    path("desk/", desk.lists, name="lists"),
    *(path(f"desk/{code}/", desk.desk, {"code": code}, name=f"desk-{code}") for code in CODES),
    path("desk/<slug:code>/saved/", desk.save, name="save-filter"),
    path("desk/<slug:code>/saved/<int:pk>/delete", desk.forget, name="forget-filter"),
    path("tracks/", tracks.tracks, name="tracks"),
    path("search/", search.search, name="search"),
    path("exports/", export.exports, name="exports"),
    path("exports/new", export.want, name="want-export"),
    path("exports/<int:pk>/decide", export.decide, name="decide-export"),
    path("exports/<int:pk>/file", export.fetch, name="fetch-export"),
    path("<str:number>/", order.show, name="order"),
    path("<str:number>/do/<slug:code>/", act.do, name="do"),
    path("<str:number>/reveal/<slug:field>/", small.reveal, name="reveal"),
    path("<str:number>/clocks/<int:pk>/", order.clock, name="clock"),
    path("<str:number>/files/<int:pk>", order.file, name="file"),
    path("<str:number>/dial", small.dial, name="dial"),
    path("<str:number>/follow", small.follow, name="follow"),
    path("<str:number>/hold", small.hold, name="hold"),
    path("<str:number>/units", small.units, name="units"),
    path("<str:number>/alike/", small.alike, name="alike"),
]
