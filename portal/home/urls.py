"""Addresses of home, forces, account and the standing pages."""

from django.urls import path

from portal.home import accounts, forces, standing, views
from portal.home.own_data import own_data

urlpatterns = [
    path("", views.home, name="home"),
    path("my-force/", forces.my_force, name="my_force"),
    path("forces/", forces.all_forces, name="forces"),
    path("forces/<slug:slug>/", forces.force_page, name="force_page"),
    path("account/", accounts.account, name="account"),
    path("account/data/", own_data, name="own_data"),
    path("account/sessions/end/", accounts.end_session, name="end_session"),
    path("account/shortcut/", accounts.search_shortcut, name="search_shortcut"),
    path("risk-to-life/", standing.urgent, name="urgent"),
    path("help/", standing.help_page, name="help"),
    path("accessibility/", standing.accessibility, name="accessibility"),
    path("privacy/", standing.privacy, name="privacy"),
    path("handling/", standing.handling, name="handling"),
]
