// Says what samlify reads of the metadata of identity providers, and how it describes a
// service provider: one line of JSON, "read" with an entry for each file on the command
// line, and "plain" and "encrypted", metadata of our own without and with a key to encrypt
// for, whose certificate is in the file ENCRYPTION_CERTIFICATE. The library does not look
// at signatures of metadata.
import { readFileSync } from "node:fs";
import * as samlify from "samlify";

function read(file) {
    const { entityMeta } = samlify.IdentityProvider({ metadata: readFileSync(file) });
    return {
        entity: entityMeta.getEntityID(),
        sign_in: [entityMeta.getSingleSignOnService("post"), entityMeta.getSingleSignOnService("redirect")],
        certificates: [entityMeta.getX509Certificate("signing")].flat(Infinity).map((text) => text.replace(/\s/g, "")),
    };
}

function described(more) {
    return samlify.ServiceProvider({
        entityID: "http://127.0.0.1:8084/metadata",
        assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: "http://127.0.0.1:8084/acs" }],
        ...more,
    }).getMetadata();
}

console.log(JSON.stringify({
    read: process.argv.slice(2).map(read),
    plain: described(),
    encrypted: described({ encryptCert: readFileSync(process.env.ENCRYPTION_CERTIFICATE) }),
}));
