// A service provider as the documentation of @node-saml/node-saml builds one. What the
// library decides is left to it: requests, what it believes of a response, metadata.
// What it leaves to the integrator is done here: the form is read, within the bounds that
// the middleware has which its documentation names; people are known by their e-mail
// address; sessions, and a page that shows who is signed in. Of what the library lets one choose, it checks whom a response answers where
// it says so, which lets sign-in start at the identity provider too (or always, where
// IN_RESPONSE_TO is always), takes either signature alone (or only both, where SIGNED is
// both), and sends its request as a form.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The metadata of the identity provider that it trusts
// is in the file IDP_METADATA. It ends with its standard input.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";

if (!process.env.IDP_METADATA) {
    console.error("IDP_METADATA names no file");
    process.exit(2);
}
const trusted = readFileSync(process.env.IDP_METADATA, "utf8");
const all = (pattern) => [...trusted.matchAll(pattern)].map((found) => found[1]);

let saml, base;
const sessions = new Map();

function configure() {
    saml = new SAML({
        callbackUrl: `${base}/acs`,
        issuer: `${base}/metadata`,
        entryPoint: all(/SingleSignOnService[^>]*Location="([^"]+)"/g)[0],
        idpCert: all(/X509Certificate>([^<]+)</g).map((text) => text.replace(/\s/g, "")),
        idpIssuer: all(/entityID="([^"]+)"/g)[0],
        validateInResponseTo: process.env.IN_RESPONSE_TO ?? ValidateInResponseTo.ifPresent,
        authnRequestBinding: "HTTP-POST",
        skipRequestCompression: true, // the binding wants it so (SAML 2.0 bindings 3.5.4)
        // Where it wants neither by name, one good signature is still needed, and what is
        // read is what that one covers.
        wantAssertionsSigned: process.env.SIGNED === "both",
        wantAuthnResponseSigned: process.env.SIGNED === "both",
    });
}

function answer(response, status, text, header = {}) {
    response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...header });
    response.end(text);
}

function escaped(text) {
    return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

// longest is what express.urlencoded reads of a form.
const longest = 100 * 1024;

async function read(request) {
    if (request.headers["content-type"]?.split(";")[0].trim() !== "application/x-www-form-urlencoded") {
        throw new Error("it is no form");
    }
    const parts = [];
    let length = 0;
    for await (const part of request) {
        length += part.length;
        if (length > longest) throw new Error("the form is too long");
        parts.push(part);
    }
    return Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString("utf8")));
}

// address is the name, where that is an address, as Okta sends it; a name that means
// something to the identity provider only has the address in an attribute beside it.
function address(profile) {
    const opaque = /:nameid-format:(persistent|transient)$/.test(profile?.nameIDFormat);
    const found = opaque ? profile.attributes?.email : profile?.nameID;
    if (typeof found !== "string" || !found.includes("@")) throw new Error("nobody is named");
    return found;
}

async function consume(request, response) {
    const { profile } = await saml.validatePostResponseAsync(await read(request));
    const who = address(profile);
    const id = randomBytes(16).toString("hex");
    sessions.set(id, who);
    answer(response, 303, "", { Location: "/", "Set-Cookie": `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
}

function home(request, response) {
    const id = /(?:^|; )sid=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
    const who = sessions.get(id);
    answer(response, 200, who
        ? `<!DOCTYPE html><title>Home</title><p>Signed in as “<b>${escaped(who)}</b>”.</p>`
        : '<!DOCTYPE html><title>Home</title><p><a href="/login">Sign in</a></p>');
}

async function route(request, response) {
    switch (`${request.method} ${request.url.split("?")[0]}`) {
    case "GET /": return home(request, response);
    case "GET /login": return answer(response, 200, await saml.getAuthorizeFormAsync(""));
    case "GET /metadata": return answer(response, 200, saml.generateServiceProviderMetadata(null), { "Content-Type": "application/samlmetadata+xml" });
    case "POST /acs": return consume(request, response);
    default: return answer(response, 404, "<p>There is no such page.</p>");
    }
}

// Room for a long query, which is answered like any other address that is not there.
const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    route(request, response).catch(() => answer(response, 403, "<p>You could not be signed in.</p>"));
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    base = `http://127.0.0.1:${server.address().port}`;
    configure();
    console.log(JSON.stringify({ base }));
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
