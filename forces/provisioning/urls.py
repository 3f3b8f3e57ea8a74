"""The addresses of the SCIM endpoint, as RFC 7644, 3.2 names them."""

from django.urls import path

from forces.provisioning import views

urlpatterns = [
    path("ServiceProviderConfig", views.service_provider, name="scim_service_provider"),
    path("ResourceTypes", views.resource_types, name="scim_resource_types"),
    path("Schemas", views.schemas, name="scim_schemas"),
    path("Users", views.users, name="scim_users"),
    path("Users/<slug:ref>", views.user, name="scim_user"),
]
