"""For each route of the resolver, who looks at which example of it, and what they do there.

A route that stands in neither table fails the test of accessibility, which names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.demo.people import DEMO_PASSWORD
from tests.journeys.visitors import (
    ADMINISTRATOR,
    AUDITOR,
    HUB_APPROVER,
    HUB_EDITOR,
    KENT_OFFICER,
    MET_LEAD,
    MET_OFFICER,
    PARTNER,
    UNENROLLED_OFFICER,
    WAITING_OFFICER,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page. Braces in the address are filled from the specimens."""

    address: str
    by: str = ""
    # What is done there first, until the page to look at is there: each is a step of its own.
    signs_in_as: str = ""
    confirms: bool = False
    types: tuple[tuple[str, str], ...] = ()
    press: str = ""
    status: int = 200

    def __str__(self) -> str:
        """As a test report names it."""
        pressed = f", “{self.press}”" if self.press else ""
        return f"{self.address}{pressed} as {self.by or self.signs_in_as or 'nobody'}"


# Two steps of one sign-in: the demo password, known to everybody on purpose, and what follows.
PASSWORD = DEMO_PASSWORD
LOGIN = "/accounts/login/"

VISITS: dict[str, tuple[Visit, ...]] = {
    # Home, forces, account and the standing pages.
    "/": (
        Visit("/", by=MET_OFFICER),
        Visit("/", by=HUB_EDITOR),
        Visit("/", by=PARTNER),
        Visit("/", by=ADMINISTRATOR),
        Visit("/", by=AUDITOR),
        Visit("/", by=WAITING_OFFICER, status=403),
    ),
    "/forces/": (Visit("/forces/", by=MET_OFFICER),),
    "/forces/<slug:slug>/": (
        Visit("/my-force/", by=KENT_OFFICER),
        Visit("/forces/surrey/", by=MET_OFFICER),
        Visit("/forces/hub/", by=MET_OFFICER),
    ),
    "/account/": (
        Visit("/account/", by=HUB_APPROVER),
        Visit("/account/", by=MET_OFFICER, press="Turn the / key off"),
    ),
    "/risk-to-life/": (Visit("/risk-to-life/"), Visit("/risk-to-life/", by=MET_OFFICER)),
    "/help/": (Visit("/help/"), Visit("/help/", by=MET_OFFICER)),
    "/accessibility/": (Visit("/accessibility/"),),
    "/privacy/": (Visit("/privacy/"),),
    "/handling/": (Visit("/handling/"),),
    # Search.
    "/search/": (
        Visit("/search/", by=MET_OFFICER),
        Visit("/search/?q=threat&type=guidance&platform=snapchat", by=MET_OFFICER),
        Visit("/search/?q=thraet&page=2", by=MET_OFFICER),
        Visit("/search/?q=zzyzx", by=MET_OFFICER),
        Visit("/search/?q=insta+takedown", by=MET_OFFICER),
        Visit("/search/?q=threat&published_from=yesterday", by=MET_OFFICER, status=400),
    ),
    "/search/saved/": (
        Visit("/search/saved/", by=MET_OFFICER),
        Visit("/search/?q=threat", by=MET_OFFICER, press="Save this search"),
    ),
    "/search/asked/": (
        Visit("/search/asked/", by=MET_OFFICER),
        Visit("/search/?q=zzyzx", by=MET_OFFICER, press="Ask the hub"),
    ),
    "/search/unanswered/": (Visit("/search/unanswered/", by=HUB_EDITOR),),
    "/search/stop/<str:token>/": (
        Visit("/search/stop/used-long-ago/"),
        Visit("/search/stop/used-long-ago/", press="Stop these e-mails"),
    ),
    # Reading.
    "/guidance/": (Visit("/guidance/", by=MET_OFFICER), Visit("/guidance/", by=PARTNER)),
    "/lessons/": (Visit("/lessons/", by=MET_OFFICER),),
    "/evaluations/": (Visit("/evaluations/", by=MET_OFFICER),),
    "/platforms/": (Visit("/platforms/", by=MET_OFFICER),),
    "/platforms/<slug:platform>/<slug:purpose>/": (
        Visit("/platforms/snapchat/preservation/", by=MET_OFFICER),
        Visit("/platforms/snapchat/emergency-disclosure/", by=MET_OFFICER),
        Visit("/platforms/telegram/content-removal-terms/", by=MET_OFFICER),
    ),
    "/<ref:ref>/similar/": (Visit("/{guidance}/similar/", by=MET_OFFICER),),
    "/<ref:ref>/": (
        Visit("/{guidance}/", by=MET_OFFICER),
        Visit("/{lesson}/", by=MET_OFFICER),
        Visit("/{evaluation}/", by=MET_OFFICER),
        Visit("/{platform}/", by=MET_OFFICER),
        Visit("/{sensitive}/", by=MET_OFFICER),
        Visit("/{withdrawn}/", by=MET_OFFICER),
        Visit("/{superseded}/", by=MET_OFFICER),
        Visit("{own_page}", by=KENT_OFFICER),
    ),
    "/<ref:ref>/preview/": (Visit("/{guidance}/preview/", by=HUB_EDITOR),),
    # Signing in and out.
    "/accounts/login/": (
        Visit(LOGIN),
        Visit(LOGIN, press="Sign in"),
    ),
    "/accounts/logout/": (Visit("/accounts/logout/", by=MET_OFFICER),),
    "/accounts/inactive/": (Visit("/accounts/inactive/"),),
    "/accounts/reauthenticate/": (Visit("/accounts/reauthenticate/", by=MET_OFFICER),),
    "/accounts/password/change/": (
        Visit("/accounts/password/change/", by=MET_OFFICER, press="Change password"),
    ),
    "/accounts/password/reset/": (
        Visit("/accounts/password/reset/"),
        Visit("/accounts/password/reset/", press="Send the link"),
    ),
    "/accounts/password/reset/done/": (Visit("/accounts/password/reset/done/"),),
    "/accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/": (
        Visit("{reset_link}"),
        Visit("{reset_link}", press="Change password"),
        Visit("/accounts/password/reset/key/1-used-long-ago/"),
    ),
    "/accounts/password/reset/key/done/": (Visit("/accounts/password/reset/key/done/"),),
    # Second factor.
    "/accounts/2fa/": (Visit("/accounts/2fa/", by=MET_OFFICER),),
    "/accounts/2fa/authenticate/": (Visit(LOGIN, signs_in_as=MET_OFFICER),),
    "/accounts/2fa/reauthenticate/": (Visit("/accounts/2fa/reauthenticate/", by=MET_OFFICER),),
    "/accounts/2fa/totp/activate/": (
        Visit(LOGIN, signs_in_as=UNENROLLED_OFFICER),
        Visit(LOGIN, signs_in_as=UNENROLLED_OFFICER, press="Finish"),
    ),
    "/accounts/2fa/totp/deactivate/": (
        Visit("/accounts/2fa/totp/deactivate/", by=MET_OFFICER, confirms=True),
    ),
    "/accounts/2fa/passkeys/": (
        Visit("/accounts/2fa/passkeys/", by=MET_OFFICER),
        Visit("/accounts/2fa/passkeys/", by=PARTNER),
    ),
    "/accounts/2fa/passkeys/add/": (
        Visit("/accounts/2fa/passkeys/add/", by=MET_OFFICER, confirms=True),
    ),
    "/accounts/2fa/passkeys/reauthenticate/": (
        Visit("/accounts/2fa/passkeys/reauthenticate/", by=PARTNER),
    ),
    "/accounts/2fa/passkeys/keys/<int:pk>/edit/": (
        Visit("/accounts/2fa/passkeys/keys/{passkey}/edit/", by=PARTNER, confirms=True),
    ),
    "/accounts/2fa/passkeys/keys/<int:pk>/remove/": (
        Visit("/accounts/2fa/passkeys/keys/{passkey}/remove/", by=PARTNER, confirms=True),
    ),
    "/accounts/2fa/recovery-codes/generate/": (
        Visit("/accounts/2fa/recovery-codes/generate/", by=MET_OFFICER, confirms=True),
        Visit("/accounts/2fa/recovery-codes/generate/", by=PARTNER, confirms=True),
    ),
    "/accounts/2fa/recovery-codes/": (
        Visit("/accounts/2fa/recovery-codes/", by=PARTNER, confirms=True),
    ),
    # People.
    "/people/": (
        Visit("/people/", by=HUB_APPROVER),
        Visit("/people/?words=officer&left=on", by=HUB_APPROVER),
    ),
    "/people/add/": (
        Visit("/people/add/", by=HUB_APPROVER),
        Visit("/people/add/", by=HUB_APPROVER, press="Add"),
    ),
    "/people/<person:public_id>/move/": (Visit("/people/{person}/move/", by=HUB_APPROVER),),
    "/people/<person:public_id>/groups/": (Visit("/people/{person}/groups/", by=HUB_APPROVER),),
    "/people/<person:public_id>/end/": (
        Visit("/people/{person}/end/", by=HUB_APPROVER, press="End it"),
    ),
    "/people/<person:public_id>/second-factor/": (
        Visit("/people/{person}/second-factor/", by=HUB_APPROVER),
    ),
    "/people/invitations/": (
        Visit("/people/invitations/", by=MET_LEAD),
        Visit("/people/invitations/", by=HUB_APPROVER, press="Send the invitation"),
    ),
    "/people/changes/": (Visit("/people/changes/", by=HUB_APPROVER),),
    "/people/review/": (
        Visit("/people/review/", by=MET_LEAD),
        Visit("/people/review/", by=HUB_APPROVER, press="Save"),
    ),
    # Joining.
    "/join/": (
        Visit("/join/", press="Ask"),
        Visit("/join/", types=(("email", "somebody@kent.police.example"),), press="Ask"),
    ),
    "/join/<str:token>/": (
        Visit("/join/{token}/", press="Go on"),
        Visit("/join/used-long-ago/", status=404),
    ),
    "/accounts/force/": (
        Visit("/accounts/force/"),
        Visit("/accounts/force/", press="Continue"),
    ),
    "/accounts/force/again/": (Visit("/accounts/force/again/", by=MET_OFFICER),),
    "/accounts/force/<slug:slug>/": (
        Visit("/accounts/force/metropolitan/", status=403),
        Visit("/accounts/force/nowhere/", status=404),
    ),
    "/accounts/force/<slug:slug>/finish/": (
        Visit("/accounts/force/surrey/finish/", status=403),
        Visit("/accounts/force/metropolitan/finish/", status=404),
    ),
    # Oversight.
    "/oversight/": (
        Visit("/oversight/", by=AUDITOR),
        Visit("/oversight/?action_object=GD-22222", by=AUDITOR),
    ),
    "/oversight/documents/": (Visit("/oversight/documents/", by=AUDITOR),),
    "/oversight/verification/": (Visit("/oversight/verification/", by=AUDITOR),),
    "/oversight/status/": (
        Visit("/oversight/status/", by=AUDITOR),
        Visit("/oversight/status/", by=HUB_EDITOR),
    ),
    "/oversight/reading/": (
        Visit("/oversight/reading/", by=MET_LEAD),
        Visit("/oversight/reading/", by=HUB_APPROVER),
    ),
    # Break-glass.
    "/break-glass/": (
        Visit("/break-glass/", by=MET_OFFICER, press="Ask"),
        Visit("/break-glass/", by=HUB_APPROVER),
    ),
    "/break-glass/requests/": (Visit("/break-glass/requests/", by=HUB_APPROVER),),
    "/break-glass/requests/<slug:glass>/": (
        Visit("/break-glass/requests/{glass}/", by=HUB_APPROVER),
    ),
    "/break-glass/given/": (
        Visit("/break-glass/given/", by=MET_LEAD),
        Visit("/break-glass/given/", by=AUDITOR),
    ),
    "/accounts/proved/": (Visit("/accounts/proved/", by=MET_OFFICER),),
    # Our own pages in the admin.
    "/admin/guidance/import/": (Visit("/admin/guidance/import/", by=HUB_EDITOR),),
    "/admin/guidance/narrow/<int:page_id>/": (
        Visit("/admin/guidance/narrow/{page_id}/", by=HUB_EDITOR),
    ),
    "/admin/guidance/delete/<int:page_id>/": (
        Visit("/admin/guidance/delete/{page_id}/", by=HUB_EDITOR),
        Visit("/admin/guidance/delete/{superseded_id}/", by=MET_LEAD),
    ),
    "/admin/guidance/withdraw/<int:page_id>/": (
        Visit("/admin/guidance/withdraw/{page_id}/", by=HUB_EDITOR),
    ),
}

# Routes that answer with no page of their own: an example each, which the test asks for.
WITHOUT_A_PAGE: dict[str, Visit] = {
    "/search/suggest/": Visit("/search/suggest/?q=th", by=MET_OFFICER),
    "/my-force/": Visit("/my-force/", by=MET_OFFICER),
    "/account/shortcut/": Visit("/account/shortcut/", by=MET_OFFICER),
    "/account/sessions/end/": Visit("/account/sessions/end/", by=MET_OFFICER),
    "/accounts/signup/": Visit("/accounts/signup/"),
    "/accounts/email/": Visit("/accounts/email/"),
    "/accounts/force/<slug:slug>/acs/": Visit("/accounts/force/surrey/acs/", status=405),
    "/accounts/force/<slug:slug>/metadata/": Visit("/accounts/force/surrey/metadata/"),
    "/accounts/password/set/": Visit("/accounts/password/set/", by=MET_OFFICER),
    "/accounts/2fa/recovery-codes/download/": Visit(
        "/accounts/2fa/recovery-codes/download/", by=PARTNER
    ),
    "/accounts/2fa/passkeys/login/": Visit("/accounts/2fa/passkeys/login/"),
    "/<ref:ref>/figures.csv": Visit("/{evaluation}/figures.csv", by=MET_OFFICER),
    "/account/data/": Visit("/account/data/", by=MET_OFFICER),
    "/<ref:ref>/files/<fileref:file_ref>/": Visit("{own_file}", by=KENT_OFFICER),
    "/<ref:ref>/images/<fileref:image_ref>/<int:width>/": Visit("{own_picture}", by=KENT_OFFICER),
    "/search/saved/<slug:ref>/": Visit("/search/saved/used-long-ago/", by=MET_OFFICER, status=405),
    "/people/invitations/<slug:ref>/close/": Visit(
        "/people/invitations/{invitation}/close/", by=MET_LEAD
    ),
    "/search/export/": Visit("/search/export/?q=threat", by=MET_OFFICER),
    "/people/changes/<slug:ref>/confirm/": Visit(
        "/people/changes/C-ABCDEF/confirm/", by=HUB_APPROVER, status=405
    ),
    "/people/changes/<slug:ref>/decline/": Visit(
        "/people/changes/C-ABCDEF/decline/", by=HUB_APPROVER, status=405
    ),
    "/break-glass/given/<slug:glass>/end/": Visit(
        "/break-glass/given/{glass}/end/", by=MET_OFFICER, status=405
    ),
    "/accounts/prove/": Visit("/accounts/prove/?next=/help/", by=MET_OFFICER),
    "/oversight/export/": Visit("/oversight/export/", by=AUDITOR),
    "/scim/v2/ServiceProviderConfig": Visit("/scim/v2/ServiceProviderConfig", status=401),
    "/scim/v2/ResourceTypes": Visit("/scim/v2/ResourceTypes", status=401),
    "/scim/v2/Schemas": Visit("/scim/v2/Schemas", status=401),
    "/scim/v2/Users": Visit("/scim/v2/Users", status=401),
    "/scim/v2/Users/<slug:ref>": Visit("/scim/v2/Users/D-ABCDEFGHJK", status=401),
    "/admin/guidance/reach/<int:page_id>/": Visit(
        "/admin/guidance/reach/{page_id}/", by=HUB_EDITOR
    ),
}

# Answers that no route gives.
NOWHERE = Visit("/GD-22222/", by=MET_OFFICER, status=404)
