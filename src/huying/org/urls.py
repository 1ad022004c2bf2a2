from django.urls import path

from huying.org import views

app_name = "org"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/code", views.code, name="code"),
    path("sign-in/second-factor", views.enrol, name="enrol"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("account", views.account, name="account"),
    path("account/password", views.password, name="password"),
    path("account/sessions/<int:pk>/end", views.end_own_session, name="end-own-session"),
    path("account/tokens/<int:pk>/revoke", views.revoke, name="revoke-token"),
    path("manage/sessions", views.all_sessions, name="sessions"),
    path("manage/sessions/<int:pk>/end", views.end_any_session, name="end-session"),
]
