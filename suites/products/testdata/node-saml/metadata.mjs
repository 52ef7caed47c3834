// Says how @node-saml/node-saml describes a service provider: one line of JSON, "plain" and
// "encrypted", metadata without and with a key to encrypt for, which is in the files
// ENCRYPTION_KEY and ENCRYPTION_CERTIFICATE. The library reads no metadata; server.mjs
// takes what it needs out of the identity provider's by itself.
import { readFileSync } from "node:fs";
import { SAML } from "@node-saml/node-saml";

function described(certificate, more) {
    return new SAML({
        issuer: "http://127.0.0.1:8084/metadata",
        callbackUrl: "http://127.0.0.1:8084/acs",
        idpCert: "none is used to describe oneself",
        ...more,
    }).generateServiceProviderMetadata(certificate);
}

console.log(JSON.stringify({
    plain: described(null),
    encrypted: described(readFileSync(process.env.ENCRYPTION_CERTIFICATE, "utf8"),
        { decryptionPvk: readFileSync(process.env.ENCRYPTION_KEY, "utf8") }),
}));
