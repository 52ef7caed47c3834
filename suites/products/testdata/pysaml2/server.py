"""A service provider as the documentation of pysaml2 builds one.

What the library decides is left to it: requests, metadata, what it believes of a
response, whom that names. What it leaves to the integrator is done here: requests that
were sent are remembered, and forgotten with their answer; sessions; a page that shows who
is signed in. Of what the library lets one choose, sign-in may start at the identity
provider too (unless UNSOLICITED is off), and either signature is enough (or both are
wanted, where SIGNED is both).

It listens on loopback, on the port in PORT or else a free one, and says where, as one line
of JSON on standard output. The metadata of the identity provider that it trusts is in the
file IDP_METADATA. It ends with its standard input.
"""

import html
import json
import logging
import os
import re
import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

logging.disable(logging.CRITICAL)  # it logs whole responses


def service_provider(base):
    both = os.environ.get("SIGNED") == "both"
    config = SPConfig().load({
        "entityid": f"{base}/metadata",
        "metadata": {"local": [os.environ["IDP_METADATA"]]},
        "service": {"sp": {
            "endpoints": {"assertion_consumer_service": [(f"{base}/acs", BINDING_HTTP_POST)]},
            "allow_unsolicited": os.environ.get("UNSOLICITED") != "off",
            "want_assertions_or_response_signed": True,
            "want_response_signed": both,
            "want_assertions_signed": both,
        }},
    })
    return Saml2Client(config)


class Product(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Page)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.saml = service_provider(self.base)
        self.asked = {}
        self.sessions = {}

    def handle_error(self, request, client_address):
        pass  # whoever asked went away


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        page = {"/": self.home, "/login": self.sign_in, "/metadata": self.metadata}.get(self.path.split("?")[0])
        page() if page else self.answer(404, "<p>There is no such page.</p>")

    def do_POST(self):
        if self.path.split("?")[0] != "/acs":
            self.answer(404, "<p>There is no such page.</p>")
            return
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        try:
            who = self.whom(form["SAMLResponse"][0])
        except Exception:  # the library refuses by exceptions of many kinds
            self.answer(403, "<p>You could not be signed in.</p>")
            return
        session = secrets.token_hex(16)
        self.server.sessions[session] = who
        self.answer(303, "", {"Location": "/", "Set-Cookie": f"sid={session}; Path=/; HttpOnly; SameSite=Lax"})

    def whom(self, response):
        """Says whom a response signs in."""
        saml = self.server.saml
        said = saml.parse_authn_request_response(response, BINDING_HTTP_POST, self.server.asked, conv_info={
            "remote_addr": self.client_address[0],
            "request_uri": self.server.base + self.path,
            "entity_id": saml.config.entityid,
            "endpoints": saml.config.getattr("endpoints", "sp"),
        })
        self.server.asked.pop(said.in_response_to, None)
        return said.get_subject().text

    def home(self):
        found = re.search(r"(?:^|; )sid=([0-9a-f]+)", self.headers.get("Cookie", ""))
        who = self.server.sessions.get(found[1]) if found else None
        if who is None:
            self.answer(200, '<!DOCTYPE html><title>Home</title><p><a href="/login">Sign in</a></p>')
        else:
            self.answer(200, f"<!DOCTYPE html><title>Home</title><p>Signed in as <b>{html.escape(who)}</b>.</p>")

    def sign_in(self):
        request, message = self.server.saml.prepare_for_authenticate(binding=BINDING_HTTP_REDIRECT)
        self.server.asked[request] = "/"
        self.answer(302, "", dict(message["headers"]))

    def metadata(self):
        self.answer(200, str(entity_descriptor(self.server.saml.config)), {"Content-Type": "application/samlmetadata+xml"})

    def answer(self, status, text, headers={}):
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


if not os.environ.get("IDP_METADATA"):
    sys.exit("IDP_METADATA names no file")
product = Product(int(os.environ.get("PORT", 0)))
print(json.dumps({"base": product.base}), flush=True)
threading.Thread(target=product.serve_forever, daemon=True).start()
sys.stdin.read()
