"""Addresses of oversight."""

from django.urls import path

from portal.oversight import views

urlpatterns = [
    path("", views.trail, name="trail"),
    path("export/", views.export, name="trail_export"),
    path("verification/", views.verification, name="trail_verification"),
    path("status/", views.portal_status, name="portal_status"),
    path("reading/", views.reading, name="reading_of_ours"),
    path("documents/", views.documents, name="oversight_documents"),
]
