"""What a force's SAML provider answers about a person, and why it may not be believed.

The rules of SAML 2.0 Profiles, 4.1.4. python3-saml checks the schema and the signature; it takes
an answer without InResponseTo, audience or recipient, and compares addresses by their beginning,
so everything that ties an answer to this portal and this question is checked again here.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.response import OneLogin_Saml2_Response

from forces.models import IdentityProvider
from forces.single_sign_on.claims import (
    SKEW,
    Identity,
    Refusal,
    RefusedError,
    name_of,
    require,
    require_fresh,
    require_subject,
    suggested_by,
    uid_of,
)
from forces.single_sign_on.saml import Ours, toolkit_for

_SAML, _SAMLP, _DS = (f"{{{name}}}" for name in (Words.NS_SAML, Words.NS_SAMLP, Words.NS_DS))
_MORE, _ENC = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"
_SIGNATURES = {f"{_MORE}{kind}-sha{size}" for kind in ("rsa", "ecdsa") for size in (256, 384, 512)}
_DIGESTS = {f"{_ENC}sha256", f"{_MORE}sha384", f"{_ENC}sha512"}
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_FORMS = {_EXCLUSIVE, f"{_EXCLUSIVE}WithComments"}
# An XSLT or XPath transform would sign something else than what is read.
_TRANSFORMS = {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", *_FORMS}
_CONDITIONS = {f"{_SAML}{name}" for name in ("AudienceRestriction", "OneTimeUse")}

# Names that Entra ID, AD FS, Shibboleth, Keycloak and Okta give to the same things.
_WS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_MICROSOFT = "http://schemas.microsoft.com"
SUBJECT_ID = "urn:oasis:names:tc:SAML:attribute:subject-id"
EMAIL = ("mail", "email", "urn:oid:0.9.2342.19200300.100.1.3", f"{_WS}/emailaddress")
NAME = (
    *("displayName", "urn:oid:2.16.840.1.113730.3.1.241"),
    *(f"{_MICROSOFT}/identity/claims/displayname", "name", f"{_WS}/name"),
)
HELD = (
    *("roles", "Role", "groups", "memberOf", "urn:oid:1.3.6.1.4.1.5923.1.1.1.7"),
    f"{_MICROSOFT}/ws/2008/06/identity/claims/role",
    f"{_MICROSOFT}/ws/2008/06/identity/claims/groups",
    "http://schemas.xmlsoap.org/claims/Group",
)
# SAML's word for `amr`: Entra ID tells a second factor here, and calls the class "Password".
METHODS = (f"{_MICROSOFT}/claims/authnmethodsreferences",)

_DECLARATION = re.compile(r"\A\ufeff?<\?xml [^<>?]*\?>\s*")


def opened(posted: str) -> bytes:
    """The XML of an answer, if each reader reads the same in it. Raises RefusedError.

    A comment splits a text for one reader and not for the signature; a document type brings
    entities, and CDATA and instructions are nothing that an answer needs. Without its declaration
    the text has one encoding only, so none of them can hide in another.
    """
    try:
        text = base64.b64decode("".join(posted.split()), validate=True).decode()
    except ValueError:
        text = ""
    text = _DECLARATION.sub("", text, count=1)
    require(bool(text) and "<!" not in text and "<?" not in text, Refusal.TOKEN)
    return text.encode()


def question_answered(document: bytes) -> str:
    """The id of the request that this claims to answer; nothing is believed yet."""
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False))
    except etree.LxmlError:
        return ""
    return str(root.get("InResponseTo", ""))


def identity_in(
    document: bytes,
    *,
    provider: IdentityProvider,
    ours: Ours,
    request_id: str,
    proved_since: dt.datetime,
    at: dt.datetime,
) -> Identity:
    """Whom an answer to our request is about. Raises RefusedError.

    `proved_since` is the earliest moment of sign-in at the provider that will do.
    """
    assertion = _verified(document, provider=provider, ours=ours, request_id=request_id)
    _require_for_us(assertion, ours=ours, request_id=request_id, at=at)
    statement = _only(assertion, "AuthnStatement")
    signed_in_at = _moment(statement.get("AuthnInstant", ""))
    require_fresh(signed_in_at, proved_since=proved_since, at=at)
    email = _email(assertion)
    strong = _is_strong(assertion, statement, provider=provider)
    names = _values(assertion, *NAME)
    return Identity(
        uid=uid_of(provider, subject=_subject(assertion, provider=provider)),
        email=email,
        name=name_of(names[0] if names else "", email=email),
        second_factor_at=min(signed_in_at, at) if strong else None,
        suggested=suggested_by(_values(assertion, *HELD), provider=provider),
    )


def _verified(
    document: bytes, *, provider: IdentityProvider, ours: Ours, request_id: str
) -> etree._Element:
    """The one assertion, signed by the provider, in an answer to our request."""
    try:
        told = base64.b64encode(document).decode()
        response = OneLogin_Saml2_Response(toolkit_for(provider, ours=ours), told)
    except (OneLogin_Saml2_Error, etree.LxmlError, ValueError) as error:
        # An encrypted assertion, for which we have no key, ends here too.
        raise RefusedError(Refusal.TOKEN) from error
    root: etree._Element = response.document
    require(root.get("InResponseTo") == request_id, Refusal.STATE)
    status = root.find(f"{_SAMLP}Status/{_SAMLP}StatusCode")
    succeeded = status is not None and status.get("Value") == Words.STATUS_SUCCESS
    require(succeeded, Refusal.CANCELLED)
    require(response.is_valid(ours.as_request, request_id), Refusal.TOKEN)
    require(root.get("Destination") == ours.takes_answers_at, Refusal.TOKEN)
    assertion = _only(root, "Assertion")
    require(_text(_only(assertion, "Issuer")) == provider.issuer, Refusal.TOKEN)
    _require_signed_whole(assertion)
    return assertion


def _require_signed_whole(assertion: etree._Element) -> None:
    """The signature is of this element, all of it, by today's algorithms."""
    ids = [
        value
        for element in assertion.getroottree().iter("*")
        for name, value in element.items()
        if name.lower() == "id"
    ]
    require(ids.count(assertion.get("ID", "")) == 1, Refusal.TOKEN)
    info = _only(_only(assertion, "Signature", of=_DS), "SignedInfo", of=_DS)
    reference = _only(info, "Reference", of=_DS)
    require(reference.get("URI") == f"#{assertion.get('ID')}", Refusal.TOKEN)
    used = {
        _algorithm(info, "CanonicalizationMethod") in _FORMS,
        _algorithm(info, "SignatureMethod") in _SIGNATURES,
        _algorithm(reference, "DigestMethod") in _DIGESTS,
    }
    transforms = reference.findall(f"{_DS}Transforms/{_DS}Transform")
    used |= {one.get("Algorithm") in _TRANSFORMS for one in transforms}
    require(used == {True}, Refusal.TOKEN)


def _require_for_us(
    assertion: etree._Element, *, ours: Ours, request_id: str, at: dt.datetime
) -> None:
    """Audience, recipient, request and times."""
    conditions = _only(assertion, "Conditions")
    require({one.tag for one in conditions} <= _CONDITIONS, Refusal.TOKEN)
    restrictions = conditions.findall(f"{_SAML}AudienceRestriction")
    audiences = [[_text(one) for one in restriction] for restriction in restrictions]
    # Several restrictions hold all at once.
    ours_in_each = all(ours.entity_id in named for named in audiences)
    require(bool(audiences) and ours_in_each and _is_current(conditions, at=at), Refusal.TOKEN)
    bearers = [
        one.find(f"{_SAML}SubjectConfirmationData")
        for one in assertion.findall(f"{_SAML}Subject/{_SAML}SubjectConfirmation")
        if one.get("Method") == Words.CM_BEARER
    ]
    confirmed = any(
        one.get("Recipient") == ours.takes_answers_at
        and one.get("InResponseTo") == request_id
        and one.get("NotOnOrAfter")
        and _is_current(one, at=at)
        for one in bearers
        if one is not None
    )
    require(confirmed, Refusal.TOKEN)


def _is_current(element: etree._Element, *, at: dt.datetime) -> bool:
    starts, ends = element.get("NotBefore"), element.get("NotOnOrAfter")
    begun = not starts or _moment(starts) <= at + SKEW
    return begun and (not ends or at - SKEW < _moment(ends))


def _subject(assertion: etree._Element, *, provider: IdentityProvider) -> str:
    """An id that is never given to somebody else: a persistent name, or the subject-id.

    A transient name is another each time, and an address may become another person's.
    """
    told = assertion.find(f"{_SAML}Subject/{_SAML}NameID")
    if told is not None and told.get("Format") == Words.NAMEID_PERSISTENT:
        # Unique within the provider, unless the name says that it is another's.
        require(told.get("NameQualifier", provider.issuer) == provider.issuer, Refusal.TOKEN)
        return require_subject(_text(told))
    ids = _values(assertion, SUBJECT_ID)
    require(len(ids) == 1, Refusal.TOKEN)
    # In no persistent name's place: the two are not drawn from one set.
    return f"{SUBJECT_ID} {require_subject(ids[0])}"


def _email(assertion: etree._Element) -> str:
    """The one address. SAML has no word for "verified": whoever connects a force vouches for it."""
    told = {one.lower() for one in _values(assertion, *EMAIL)}
    email = told.pop() if len(told) == 1 else ""
    try:
        validate_email(email)
    except ValidationError as error:
        raise RefusedError(Refusal.EMAIL) from error
    return email


def _is_strong(
    assertion: etree._Element, statement: etree._Element, *, provider: IdentityProvider
) -> bool:
    """Whether a second factor was used, in one of the words agreed with this provider."""
    classes = statement.findall(f"{_SAML}AuthnContext/{_SAML}AuthnContextClassRef")
    by_class = {_text(one) for one in classes} & set(provider.strong_classes.split())
    by_method = set(_values(assertion, *METHODS)) & set(provider.strong_methods.split())
    return bool(by_class or by_method)


def _values(assertion: etree._Element, *names: str) -> list[str]:
    """What the attributes of these names say, in the order of the names."""
    found = [
        (names.index(attribute.get("Name", "")), text)
        for attribute in assertion.findall(f"{_SAML}AttributeStatement/{_SAML}Attribute")
        if attribute.get("Name") in names
        for text in _leaves(attribute)
    ]
    return [text for _, text in sorted(found, key=lambda one: one[0])]


def _leaves(attribute: etree._Element) -> Iterator[str]:
    texts = (_text(one) for one in attribute.findall(f"{_SAML}AttributeValue"))
    return filter(None, texts)


def _text(element: etree._Element) -> str:
    """The text of an element that has nothing else in it."""
    return "" if len(element) else (element.text or "").strip()


def _only(parent: etree._Element, name: str, *, of: str = _SAML) -> etree._Element:
    """The one child of a name; two would leave it to the reader which is meant."""
    found = parent.findall(f"{of}{name}")
    require(len(found) == 1, Refusal.TOKEN)
    return found[0]


def _algorithm(parent: etree._Element, name: str) -> str:
    return str(_only(parent, name, of=_DS).get("Algorithm", ""))


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    # Of a moment without a zone nobody knows when it is.
    if moment is None or moment.tzinfo is None:
        raise RefusedError(Refusal.TOKEN)
    return moment
