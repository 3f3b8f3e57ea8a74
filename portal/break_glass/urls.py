"""Addresses of break-glass; a request is named by a word that says nothing."""

from django.urls import path

from portal.break_glass import views

urlpatterns = [
    path("", views.ask, name="break_glass"),
    path("requests/", views.queue, name="break_glass_queue"),
    path("requests/<slug:glass>/", views.decide, name="break_glass_decide"),
    path("given/", views.given, name="break_glass_given"),
    path("given/<slug:glass>/end/", views.end, name="break_glass_end"),
]
