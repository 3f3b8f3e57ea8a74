"""Addresses by which people get in."""

from django.urls import path

from forces import invitation_views as views

urlpatterns = [
    path("", views.ask, name="ask_for_access"),
    path("<str:token>/", views.join, name="join"),
]
