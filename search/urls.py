"""The addresses of search."""

from django.urls import path

from search import export, request_views, saved_views, suggestion_views, views

urlpatterns = [
    path("", views.search, name="search"),
    path("export/", export.search_export, name="search_export"),
    path("suggest/", suggestion_views.suggest, name="search_suggest"),
    path("saved/", saved_views.saved_searches, name="saved_searches"),
    path("saved/<slug:ref>/", saved_views.saved_search, name="saved_search"),
    path("asked/", request_views.asked, name="asked_of_hub"),
    path("unanswered/", request_views.unanswered_searches, name="unanswered_searches"),
    path("stop/<str:token>/", saved_views.stop_mails, name="stop_mails"),
]
