"""The addresses of search."""

from django.urls import path

from search import saved_views, views

urlpatterns = [
    path("", views.search, name="search"),
    path("saved/", saved_views.saved_searches, name="saved_searches"),
    path("saved/<slug:ref>/", saved_views.saved_search, name="saved_search"),
    path("stop/<str:token>/", saved_views.stop_mails, name="stop_mails"),
]
