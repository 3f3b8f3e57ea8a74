"""The addresses of the people page."""

from django.urls import path

from forces import views

urlpatterns = [
    path("", views.people, name="people"),
]
