"""The process: a sign-in that believes whatever name is typed, on a port.

python -m tests.services.saml_provider PORT FOLDER
"""

import base64
import json
import sys
import zlib
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from tests.services.saml_provider.answers import NAMESPACES, signed, written

FORM = """<!doctype html><html lang="en"><title>A force's sign-in</title>
<main><h1>A force's sign-in</h1><form>
<input type="hidden" name="SAMLRequest" value="{}"><label for="name">Name</label>
<input id="name" name="name"> <button>Sign in</button></form></main></html>"""
BACK = """<!doctype html><html lang="en"><title>Back</title>
<form method="post" action="{}"><input type="hidden" name="SAMLResponse" value="{}">
<button>Go back</button></form><script>document.forms[0].submit()</script></html>"""


def question_in(request: str) -> dict[str, str]:
    """What was asked, by the HTTP-Redirect binding."""
    root = etree.fromstring(zlib.decompress(base64.b64decode(request), -15))
    return {
        "id": root.get("ID", ""),
        "acs": root.get("AssertionConsumerServiceURL", ""),
        "destination": root.get("Destination", ""),
        "forced": root.get("ForceAuthn", ""),
        "issuer": root.findtext("saml:Issuer", "", NAMESPACES),
    }


class SignIn(BaseHTTPRequestHandler):
    """One page to type a name, one that posts the answer back."""

    folder: Path

    def do_GET(self) -> None:
        """Answer either page."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        page = self._back(asked) if "name" in asked else FORM.format(escape(asked["SAMLRequest"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def _back(self, asked: dict[str, str]) -> str:
        told = json.loads((self.folder / "told.json").read_text(encoding="utf-8"))
        words = told.get(asked["name"], {})
        question = question_in(asked["SAMLRequest"])
        issuer = (self.folder / "issuer").read_text(encoding="utf-8")
        text = written(question, subject=asked["name"], told=words, issuer=issuer)
        answer = base64.b64encode(signed(text, self.folder, told=words).encode()).decode()
        return BACK.format(escape(question["acs"]), answer)


def main(port: str, folder: str) -> None:
    """Say on standard output when it is ready, and serve until it is killed."""
    SignIn.folder = Path(folder)
    with HTTPServer(("127.0.0.1", int(port)), SignIn) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
