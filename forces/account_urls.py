"""The doors of allauth that this site has; sign-up and e-mail management are not among them."""

from allauth.account import views as account
from allauth.mfa.base.urls import urlpatterns as mfa_base
from allauth.mfa.recovery_codes.urls import urlpatterns as recovery_codes
from allauth.mfa.totp.urls import urlpatterns as totp
from allauth.mfa.webauthn.urls import urlpatterns as passkeys
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from forces import proof_views
from forces.reset import PasswordReset
from forces.single_sign_on import saml_views
from forces.single_sign_on import views as force_account
from forces.single_sign_on.sign_out import sign_out

to_sign_in = RedirectView.as_view(pattern_name="account_login")
to_sign_in.login_required = False  # type: ignore[attr-defined]

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", sign_out, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", PasswordReset.as_view(), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth builds these addresses into its pages; both lead to sign-in.
    path("signup/", to_sign_in, name="account_signup"),
    path("email/", to_sign_in, name="account_email"),
    path("force/", force_account.choose, name="force_account"),
    path("force/again/", force_account.again, name="force_account_again"),
    path("force/<slug:slug>/", force_account.callback, name="force_account_callback"),
    path("force/<slug:slug>/acs/", saml_views.take, name="force_account_acs"),
    path("force/<slug:slug>/finish/", saml_views.finish, name="force_account_finish"),
    path("force/<slug:slug>/metadata/", saml_views.metadata, name="force_account_metadata"),
    path("prove/", proof_views.prove, name="prove"),
    path("proved/", proof_views.proved, name="proved"),
    path("2fa/", include(mfa_base)),
    path("2fa/totp/", include(totp)),
    path("2fa/passkeys/", include(passkeys)),
    path("2fa/recovery-codes/", include(recovery_codes)),
]
