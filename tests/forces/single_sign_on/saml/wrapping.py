"""Signature wrapping: the signed assertion stays somewhere, and another says who it is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from tests.services.saml_provider.answers import NAMESPACES

_SAML, _SAMLP, _DS = (f"{{{NAMESPACES[name]}}}" for name in ("saml", "samlp", "ds"))


def opened(answer: str) -> etree._Element:
    """The response in what the browser posts."""
    return etree.fromstring(base64.b64decode(answer))


def closed(root: etree._Element) -> str:
    """As the browser posts it."""
    return base64.b64encode(etree.tostring(root)).decode()


def changed(answer: str, before: str, after: str) -> str:
    """The answer with a text of its XML exchanged, as somebody on the way would."""
    text = base64.b64decode(answer).decode()
    assert before in text
    return base64.b64encode(text.replace(before, after).encode()).decode()


def _found(root: etree._Element, path: str) -> etree._Element:
    found = root.find(path, NAMESPACES)
    assert found is not None, path
    return found


def _forged(assertion: etree._Element, *, new_id: bool = True) -> etree._Element:
    """A copy without a signature, about somebody else."""
    forged = deepcopy(assertion)
    forged.remove(_found(forged, "ds:Signature"))
    _found(forged, "saml:Subject/saml:NameID").text = "chief"
    if new_id:
        forged.set("ID", "_forged")
    return forged


def _before(root: etree._Element, assertion: etree._Element) -> None:
    assertion.addprevious(_forged(assertion))


def _after(root: etree._Element, assertion: etree._Element) -> None:
    assertion.addnext(_forged(assertion))


def _same_id(root: etree._Element, assertion: etree._Element) -> None:
    assertion.addprevious(_forged(assertion, new_id=False))


def _around(root: etree._Element, assertion: etree._Element) -> None:
    """The forged one holds the signed one."""
    forged = _forged(assertion)
    root.replace(assertion, forged)
    forged.append(assertion)


def _in_the_signature(root: etree._Element, assertion: etree._Element) -> None:
    """The forged one has the signature, and that an Object with the signed one."""
    forged = _forged(assertion)
    root.replace(assertion, forged)
    signature = _found(assertion, "ds:Signature")
    _found(forged, "saml:Issuer").addnext(signature)
    etree.SubElement(signature, f"{_DS}Object").append(assertion)


def _in_the_signature_by_id(root: etree._Element, assertion: etree._Element) -> None:
    """The same, and the forged one has taken the signed one's id."""
    forged = _forged(assertion, new_id=False)
    root.replace(assertion, forged)
    signature = _found(assertion, "ds:Signature")
    _found(forged, "saml:Issuer").addnext(signature)
    etree.SubElement(signature, f"{_DS}Object").append(assertion)


def _in_extensions(root: etree._Element, assertion: etree._Element) -> None:
    """The signed one lies where each provider may put what it likes."""
    root.replace(assertion, _forged(assertion))
    extensions = etree.Element(f"{_SAMLP}Extensions")
    extensions.append(assertion)
    _found(root, "saml:Issuer").addnext(extensions)


def _in_a_response(root: etree._Element, assertion: etree._Element) -> None:
    """A whole signed response inside a forged one."""
    signed = deepcopy(root)
    root.replace(assertion, _forged(assertion))
    extensions = etree.Element(f"{_SAMLP}Extensions")
    extensions.append(signed)
    _found(root, "saml:Issuer").addnext(extensions)


def _in_an_attribute(root: etree._Element, assertion: etree._Element) -> None:
    """The signed one is a value of the forged one."""
    forged = _forged(assertion)
    root.replace(assertion, forged)
    _found(forged, "saml:AttributeStatement/saml:Attribute/saml:AttributeValue").append(assertion)


def _advised(root: etree._Element, assertion: etree._Element) -> None:
    """The signed one is what the forged one refers to."""
    forged = _forged(assertion)
    root.replace(assertion, forged)
    advice = etree.Element(f"{_SAML}Advice")
    advice.append(assertion)
    _found(forged, "saml:Conditions").addnext(advice)


def _lent(root: etree._Element, assertion: etree._Element) -> None:
    """The signature alone, at an assertion that it does not sign."""
    forged = _forged(assertion)
    _found(forged, "saml:Issuer").addnext(_found(assertion, "ds:Signature"))
    root.replace(assertion, forged)


_Wrap = Callable[[etree._Element, etree._Element], None]
WRAPPINGS: dict[str, _Wrap] = {
    "before": _before,
    "after": _after,
    "same id": _same_id,
    "around": _around,
    "in the signature": _in_the_signature,
    "in the signature by id": _in_the_signature_by_id,
    "in extensions": _in_extensions,
    "in a response": _in_a_response,
    "in an attribute": _in_an_attribute,
    "advised": _advised,
    "lent": _lent,
}


def wrapped(answer: str, *, wrapping: str) -> str:
    """A signed answer about sam made into one about the chief."""
    root = opened(answer)
    WRAPPINGS[wrapping](root, _found(root, "saml:Assertion"))
    return closed(root)
