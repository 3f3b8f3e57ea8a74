"""All addresses of the site. Our routes come first: Wagtail's own serving is not mounted."""

from django.urls import include, path
from wagtail.admin import urls as admin_urls

from portal.break_glass import urls as break_glass_urls
from portal.home import urls as home_urls
from portal.oversight import urls as oversight_urls
from portal.reading import urls as reading_urls

handler400 = "portal.home.views.bad_request"
handler403 = "portal.home.views.refused"
handler404 = "portal.home.views.not_found"
handler500 = "portal.home.views.server_error"

urlpatterns = [
    path("", include(home_urls)),
    path("search/", include("search.urls")),
    path("oversight/", include(oversight_urls)),
    path("break-glass/", include(break_glass_urls)),
    path("join/", include("forces.join_urls")),
    path("people/", include("forces.urls")),
    path("scim/v2/", include("forces.provisioning.urls")),
    path("", include(reading_urls)),
    path("", include("guidance.urls")),
    # Sign-up and e-mail management are no doors of ours: people are added by the hub.
    path("accounts/", include("forces.account_urls")),
    path("admin/", include(admin_urls)),
]
