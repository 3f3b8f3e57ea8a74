"""Addresses of documents and lists. A document's address is its reference and nothing else."""

from django.urls import path

# Importing it registers the converter of references.
import guidance.urls  # noqa: F401
from portal.reading import views
from search import likeness_views

urlpatterns = [
    path("guidance/", views.type_list, {"listing": "guidance"}, name="type_list"),
    path("lessons/", views.type_list, {"listing": "lessons"}, name="type_list"),
    path("evaluations/", views.type_list, {"listing": "evaluations"}, name="type_list"),
    path("platforms/", views.type_list, {"listing": "platforms"}, name="type_list"),
    path("platforms/<slug:platform>/<slug:purpose>/", views.platform_card, name="platform_card"),
    path("<ref:ref>/", views.document, name="document"),
    path("<ref:ref>/similar/", likeness_views.similar, name="similar_pages"),
    path("<ref:ref>/figures.csv", views.estimates, name="estimates"),
    path("<ref:ref>/preview/", views.preview, name="document_preview"),
]
