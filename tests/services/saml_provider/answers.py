"""What the provider answers: a response as Entra ID writes it, and a test's words over it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

import xmlsec
from lxml import etree

NAMESPACES = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes"
PASSWORD, STRONG = f"{_CLASSES}:Password", f"{_CLASSES}:TimeSyncToken"
TRANSFORMS = {
    "rsa-sha256": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA256),
    "rsa-sha1": (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
    "sha1-digest": (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA1),
}

_RESPONSE = """<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="{response_id}"
 Version="2.0" IssueInstant={now}{destination}{response_in_response_to}>
<saml:Issuer>{response_issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/>
</samlp:Status>{assertion}</samlp:Response>"""

_ASSERTION = """<saml:Assertion ID="{assertion_id}" Version="2.0" IssueInstant={now}>
<saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
<saml:NameID{name_id_format}{name_qualifier}>{name_id}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:{method}">
<saml:SubjectConfirmationData{recipient}{in_response_to}{confirmed_until}{confirmed_from}/>
</saml:SubjectConfirmation></saml:Subject><saml:Conditions{not_before}{not_on_or_after}>
{restrictions}</saml:Conditions><saml:AuthnStatement AuthnInstant={authn_instant}>
<saml:AuthnContext><saml:AuthnContextClassRef>{strength}</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}
</saml:AttributeStatement></saml:Assertion>"""


def written(question: dict[str, str], *, subject: str, told: dict[str, Any], issuer: str) -> str:
    """The response to a question, not yet signed; None in `told` leaves an attribute out."""
    now = dt.datetime.now(tz=dt.UTC)  # noqa: TID251 - the provider has a clock of its own
    plain: dict[str, Any] = {
        "issuer": issuer,
        "response_issuer": issuer,
        "destination": question["acs"],
        "recipient": question["acs"],
        "audiences": [question["issuer"]],
        "response_in_response_to": question["id"],
        "in_response_to": question["id"],
        "status": "Success",
        "method": "bearer",
        "name_id": subject,
        "name_id_format": PERSISTENT,
        "name_qualifier": None,
        "not_before": -5,
        "not_on_or_after": 300,
        "confirmed_until": 300,
        "confirmed_from": None,
        "authn_instant": 0,
        "strength": STRONG,
        "attributes": {},
    }
    words = {**plain, **{name: value for name, value in told.items() if name in plain}}
    for name in ("not_before", "not_on_or_after", "confirmed_until", "confirmed_from"):
        words[name] = _instant(now, words[name])
    words["authn_instant"] = quoteattr(_instant(now, words["authn_instant"]) or "")
    ordinary = {"mail": f"{subject}@kent.police.example", "displayName": subject.title()}
    texts = _texts(words, attributes={**ordinary, **words["attributes"]})
    texts |= {"now": quoteattr(_instant(now, 0) or ""), **NAMESPACES}
    texts |= {"response_id": f"_{uuid4().hex}", "assertion_id": f"_{uuid4().hex}"}
    assertion = _ASSERTION.format(**texts) if words["status"] == "Success" else ""
    return _RESPONSE.format(**texts, assertion=assertion)


def _instant(now: dt.datetime, seconds: Any) -> str | None:
    """Seconds from now as SAML writes a time; anything else as it is."""
    if not isinstance(seconds, int):
        return str(seconds) if seconds is not None else None
    return (now + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _texts(words: dict[str, Any], *, attributes: dict[str, Any]) -> dict[str, str]:
    named = {
        "destination": "Destination",
        "response_in_response_to": "InResponseTo",
        "recipient": "Recipient",
        "in_response_to": "InResponseTo",
        "confirmed_until": "NotOnOrAfter",
        "confirmed_from": "NotBefore",
        "not_before": "NotBefore",
        "not_on_or_after": "NotOnOrAfter",
        "name_id_format": "Format",
        "name_qualifier": "NameQualifier",
    }
    texts = {
        key: "" if words[key] is None else f" {name}={quoteattr(words[key])}"
        for key, name in named.items()
    }
    plain = ("issuer", "response_issuer", "status", "method", "strength", "name_id")
    texts |= {key: escape(words[key]) for key in plain} | {"authn_instant": words["authn_instant"]}
    texts["restrictions"] = "".join(
        f"<saml:AudienceRestriction><saml:Audience>{escape(one)}</saml:Audience>"
        "</saml:AudienceRestriction>"
        for one in words["audiences"]
    )
    texts["attributes"] = "".join(_attribute(*one) for one in attributes.items() if one[1])
    return texts


def _attribute(name: str, value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    values = "".join(f"<saml:AttributeValue>{escape(one)}</saml:AttributeValue>" for one in several)
    return f"<saml:Attribute Name={quoteattr(name)}>{values}</saml:Attribute>"


def signed(text: str, folder: Path, *, told: dict[str, Any]) -> str:
    """The response with what `told` wants signed: assertion, response, both or none of them."""
    root = etree.fromstring(text.encode())
    wanted = told.get("sign", "assertion")
    prefix = "another-" if told.get("another_key") else ""
    key = xmlsec.Key.from_file(str(folder / f"{prefix}key.pem"), xmlsec.KeyFormat.PEM)
    key.load_cert_from_file(str(folder / f"{prefix}certificate.pem"), xmlsec.KeyFormat.PEM)
    for name, path in (("assertion", "saml:Assertion"), ("response", ".")):
        found = root.find(path, NAMESPACES)
        if wanted in (name, "both") and found is not None:
            _sign(found, key, algorithm=told.get("algorithm", "rsa-sha256"))
    return etree.tostring(root).decode()


def _sign(element: etree._Element, key: xmlsec.Key, *, algorithm: str) -> None:
    by, digest = TRANSFORMS[algorithm]
    node = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, by, ns="ds")
    issuer = element.find("saml:Issuer", NAMESPACES)
    if issuer is not None:
        issuer.addnext(node)
    reference = xmlsec.template.add_reference(node, digest, uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = key
    context.sign(node)
