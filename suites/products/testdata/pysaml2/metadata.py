"""Says what pysaml2 reads of the metadata of identity providers, and how it describes a
service provider: one line of JSON, "read" with an entry for each source on the command
line, and "plain" and "encrypted", metadata of our own without and with a key to encrypt
for, which is in the files ENCRYPTION_KEY and ENCRYPTION_CERTIFICATE.

A source is a file, or the address of signed metadata, which has to hold by the certificate
in the file METADATA_CERTIFICATE.
"""

import json
import logging
import os
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

logging.disable(logging.CRITICAL)


def configured(**more):
    acs = [("http://127.0.0.1:8084/acs", BINDING_HTTP_POST)]
    return SPConfig().load({
        "entityid": "http://127.0.0.1:8084/metadata",
        "service": {"sp": {"endpoints": {"assertion_consumer_service": acs}}},
        **more,
    })


def read(source):
    signed = {
        "url": source,
        "cert": os.environ["METADATA_CERTIFICATE"],
        "node_name": "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor",
    }
    where = {"remote": [signed]} if source.startswith("http:") else {"local": [source]}
    try:
        known = configured(metadata=where).metadata
    except Exception as error:  # the library refuses by exceptions of many kinds
        return {"refused": type(error).__name__}
    (entity,) = known.with_descriptor("idpsso")
    return {
        "entity": entity,
        "sign_in": [known.single_sign_on_service(entity, binding)[0]["location"]
                    for binding in (BINDING_HTTP_POST, BINDING_HTTP_REDIRECT)],
        "certificates": ["".join(text.split()) for text in known.certs(entity, "idpsso", "signing")],
    }


pair = {"key_file": os.environ["ENCRYPTION_KEY"], "cert_file": os.environ["ENCRYPTION_CERTIFICATE"]}
print(json.dumps({
    "read": [read(source) for source in sys.argv[1:]],
    "plain": str(entity_descriptor(configured())),
    "encrypted": str(entity_descriptor(configured(encryption_keypairs=[pair]))),
}))
