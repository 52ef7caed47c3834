"""A service provider as the documentation of pysaml2 builds one.

What the library decides is left to it: requests, metadata, what it believes of a
response or of a logout message, whom that names. What it leaves to the integrator is done
here: requests that were sent are remembered, and forgotten with their answer; people are
known by their e-mail address; the signature of a query is verified, with the function that
the library has for that; sessions; a page that shows who is signed in. Of what the library
lets one choose, it decrypts, takes attributes that its maps do not have, sign-in may start
at the identity provider too (unless UNSOLICITED is off), either signature is enough (or
both are wanted, where SIGNED is both), and it signs its logout messages, and its request
for a sign-in where it asks that the person be seen anew.

It listens on loopback, on the port in PORT or else a free one, and says where, as one line
of JSON on standard output. The metadata of the identity provider that it trusts is in the
file IDP_METADATA, its own key and certificate, as PEM, in SP_KEY and SP_CERTIFICATE. It
ends with its standard input.
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
from urllib.parse import parse_qsl

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml, samlp
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.s_utils import status_message_factory, success_status_factory
from saml2.sigver import verify_redirect_signature
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

logging.disable(logging.CRITICAL)  # it logs whole responses


def named(variable):
    if not os.environ.get(variable):
        sys.exit(f"{variable} names no file")
    return os.environ[variable]


def trusted():
    """Is the identity provider's metadata. Okta's says where logout messages go only while
    that is switched on in there."""
    with open(named("IDP_METADATA")) as file:
        text = file.read()
    if "SingleLogoutService" in text:
        return text
    sign_in = re.search(r'SingleSignOnService [^>]*Location="([^"]+)"', text)[1]
    logout = "".join(f'<md:SingleLogoutService Binding="{binding}" Location="{sign_in.replace("/sso/saml", "/slo/saml")}"/>'
                     for binding in (BINDING_HTTP_POST, BINDING_HTTP_REDIRECT))
    return text.replace("<md:NameIDFormat>", logout + "<md:NameIDFormat>", 1)


def service_provider(base):
    both = os.environ.get("SIGNED") == "both"
    pair = {"key_file": named("SP_KEY"), "cert_file": named("SP_CERTIFICATE")}
    config = SPConfig().load({
        "entityid": f"{base}/metadata",
        "metadata": {"inline": [trusted()]},
        **pair,
        "encryption_keypairs": [pair],
        "allow_unknown_attributes": True,
        "service": {"sp": {
            "endpoints": {
                "assertion_consumer_service": [(f"{base}/acs", BINDING_HTTP_POST)],
                "single_logout_service": [(f"{base}/slo", BINDING_HTTP_REDIRECT), (f"{base}/slo", BINDING_HTTP_POST)],
            },
            "allow_unsolicited": os.environ.get("UNSOLICITED") != "off",
            "want_assertions_or_response_signed": True,
            "want_response_signed": both,
            "want_assertions_signed": both,
            "logout_requests_signed": True,
            "logout_responses_signed": True,
            "signing_algorithm": SIG_RSA_SHA256,
            "digest_algorithm": DIGEST_SHA256,
        }},
    })
    return Saml2Client(config)


def address(session):
    """Is the name, where that is an address, as Okta sends it; a name that means something to
    the identity provider only has the address in an attribute beside it."""
    name = session["name_id"]
    opaque = name.format in (saml.NAMEID_FORMAT_PERSISTENT, saml.NAMEID_FORMAT_TRANSIENT)
    found = session["ava"]["email"][0] if opaque else name.text
    if "@" not in found:
        raise ValueError("nobody is named")
    return found


class Product(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # as servers in life have it: five would turn away who comes at once

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Page)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.saml = service_provider(self.base)
        self.asked = {}
        self.sessions = {}  # of what the library says of who signed in

    def handle_error(self, request, client_address):
        pass  # whoever asked went away


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.route({
            "/": self.home, "/login": self.sign_in, "/login/anew": self.sign_in_anew, "/metadata": self.metadata,
            "/logout": self.leave, "/slo": self.heed_query,
        })

    def do_POST(self):
        self.route({"/acs": self.consume, "/slo": self.heed_form})

    def do_other(self):
        self.answer(405, "", {"Allow": "GET, POST"})

    do_HEAD = do_OPTIONS = do_PATCH = do_PUT = do_DELETE = do_other

    def route(self, pages):
        page = pages.get(self.path.split("?")[0])
        if not page:
            self.answer(404, "<p>There is no such page.</p>")
            return
        try:
            page()
        except Exception:  # the library refuses by exceptions of many kinds
            self.answer(403, "<p>You could not be signed in.</p>")

    def consume(self):
        said = self.server.saml.parse_authn_request_response(
            self.form()["SAMLResponse"], BINDING_HTTP_POST, self.server.asked, conv_info={
                "remote_addr": self.client_address[0],
                "request_uri": self.server.base + self.path,
                "entity_id": self.server.saml.config.entityid,
                "endpoints": self.server.saml.config.getattr("endpoints", "sp"),
            })
        session = said.session_info()
        session["who"] = address(session)
        self.server.asked.pop(said.in_response_to, None)
        key = secrets.token_hex(16)
        self.server.sessions[key] = session
        self.answer(303, "", {"Location": "/", "Set-Cookie": f"sid={key}; Path=/; HttpOnly; SameSite=Lax"})

    def leave(self):
        """Ends the browser's session, and tells the identity provider."""
        session = self.server.sessions.pop(self.cookie(), None)
        if session is None:
            self.answer(303, "", {"Location": "/"})
            return
        (_, message), = self.server.saml.global_logout(session["name_id"]).values()
        self.send(message)

    def heed_query(self):
        """Heeds a logout message that came in a query, if the identity provider signed that."""
        fields = dict(parse_qsl(self.path.partition("?")[2], keep_blank_values=True))
        client = self.server.saml
        certificates = client.metadata.certs(next(iter(client.metadata.with_descriptor("idpsso"))), "idpsso", "signing")
        if not any(verify_redirect_signature(fields, client.sec.sec_backend, one) for one in certificates):
            raise ValueError("the query is not signed")
        self.heed(fields, BINDING_HTTP_REDIRECT)

    def heed_form(self):
        self.heed(self.form(), BINDING_HTTP_POST)

    def heed(self, fields, binding):
        """Does what a logout message says that the library believes, and answers a request."""
        client = self.server.saml
        if "SAMLResponse" in fields:
            client.handle_logout_response(client.parse_logout_request_response(fields["SAMLResponse"], binding))
            self.answer(303, "", {"Location": "/"})
            return
        request = client.parse_logout_request(fields["SAMLRequest"], binding).message
        over = self.end(request.name_id, [one.text for one in request.session_index])
        status = success_status_factory() if over else status_message_factory("nobody is in", samlp.STATUS_UNKNOWN_PRINCIPAL)
        where = client.response_args(request, [binding])
        signed = binding == BINDING_HTTP_POST  # in the message; a query is signed beside it
        response = client.create_logout_response(request, [binding], status, sign=signed)
        self.send(client.apply_binding(where["binding"], str(response), where["destination"],
                                       fields.get("RelayState", ""), response=True, sign=not signed))

    def end(self, name, indexes):
        """Ends the sessions of a person: all of them where no index is given."""
        sessions = self.server.sessions
        over = [key for key, session in list(sessions.items())
                if session["name_id"] == name and (not indexes or session["session_index"] in indexes)]
        for key in over:
            del sessions[key]
        return over

    def home(self):
        session = self.server.sessions.get(self.cookie())
        if session is None:
            self.answer(200, '<!DOCTYPE html><title>Home</title><p><a href="/login">Sign in</a></p>')
        else:
            self.answer(200, f"<!DOCTYPE html><title>Home</title><p>Signed in as “<b>{html.escape(session['who'])}</b>”.</p>")

    def sign_in(self, **more):
        request, message = self.server.saml.prepare_for_authenticate(binding=BINDING_HTTP_REDIRECT, **more)
        self.server.asked[request] = "/"
        self.send(message)

    def sign_in_anew(self):
        self.sign_in(force_authn="true", sign=True)

    def metadata(self):
        self.answer(200, str(entity_descriptor(self.server.saml.config)), {"Content-Type": "application/samlmetadata+xml"})

    def cookie(self):
        found = re.search(r"(?:^|; )sid=([0-9a-f]+)", self.headers.get("Cookie", ""))
        return found and found[1]

    def form(self):
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            raise ValueError("it is no form")
        return dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))

    def send(self, message):
        """Sends what the library has made for a binding: a redirect, or a form."""
        self.answer(message["status"], message["data"] or "", dict(message["headers"]))

    def answer(self, status, text, headers={}):
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


product = Product(int(os.environ.get("PORT", 0)))
print(json.dumps({"base": product.base}), flush=True)
threading.Thread(target=product.serve_forever, daemon=True).start()
sys.stdin.read()
