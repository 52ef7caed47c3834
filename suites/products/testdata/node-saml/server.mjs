// A service provider as the documentation of @node-saml/node-saml builds one. What the
// library decides is left to it: requests, what it believes of a response or of a logout
// message, metadata. What it leaves to the integrator is done here: the form is read,
// within the bounds that the middleware has which its documentation names; people are known
// by their e-mail address; sessions, and a page that shows who is signed in. Of what the
// library lets one choose, it decrypts, checks whom a response answers where it says so,
// which lets sign-in start at the identity provider too (or always, where IN_RESPONSE_TO is
// always), takes either signature alone (or only both, where SIGNED is both), sends its
// request for a sign-in as a form, and signs it where it asks that the person be seen anew.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The metadata of the identity provider that it trusts
// is in the file IDP_METADATA, its own key and certificate, as PEM, in SP_KEY and
// SP_CERTIFICATE. It ends with its standard input.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";

function file(variable) {
    if (!process.env[variable]) {
        console.error(`${variable} names no file`);
        process.exit(2);
    }
    return readFileSync(process.env[variable], "utf8");
}

const trusted = file("IDP_METADATA"), key = file("SP_KEY"), certificate = file("SP_CERTIFICATE");
const all = (pattern) => [...trusted.matchAll(pattern)].map((found) => found[1]);

let saml, anew, leaving, base;
const sessions = new Map(); // of what the library says of who signed in

function configure() {
    const options = {
        callbackUrl: `${base}/acs`,
        issuer: `${base}/metadata`,
        entryPoint: all(/SingleSignOnService[^>]*Location="([^"]+)"/g)[0],
        logoutUrl: all(/SingleLogoutService[^>]*Location="([^"]+)"/g)[0],
        logoutCallbackUrl: `${base}/slo`,
        decryptionPvk: key,
        idpCert: all(/X509Certificate>([^<]+)</g).map((text) => text.replace(/\s/g, "")),
        idpIssuer: all(/entityID="([^"]+)"/g)[0],
        validateInResponseTo: process.env.IN_RESPONSE_TO ?? ValidateInResponseTo.ifPresent,
        // Where it wants neither by name, one good signature is still needed, and what is
        // read is what that one covers.
        wantAssertionsSigned: process.env.SIGNED === "both",
        wantAuthnResponseSigned: process.env.SIGNED === "both",
    };
    const form = {
        authnRequestBinding: "HTTP-POST",
        skipRequestCompression: true, // the binding wants it so (SAML 2.0 bindings 3.5.4)
    };
    saml = new SAML({ ...options, ...form });
    // All remember together what was asked. Messages for logout go in a query.
    const signing = {
        ...options, cacheProvider: saml.cacheProvider,
        privateKey: key, publicCert: certificate, signatureAlgorithm: "sha256", digestAlgorithm: "sha256",
    };
    anew = new SAML({ ...signing, ...form, forceAuthn: true });
    leaving = new SAML(signing);
}

function answer(response, status, text, header = {}) {
    response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...header });
    response.end(text);
}

function escaped(text) {
    return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

// longest is what express.urlencoded takes for a form; of a longer one it keeps nothing.
const longest = 100 * 1024;

async function read(request) {
    if (request.headers["content-type"]?.split(";")[0].trim() !== "application/x-www-form-urlencoded") {
        throw new Error("it is no form");
    }
    const parts = [];
    let length = 0;
    for await (const part of request) {
        length += part.length;
        if (length <= longest) parts.push(part);
    }
    if (length > longest) throw new Error("the form is too long");
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
    sessions.set(id, { who, profile });
    answer(response, 303, "", { Location: "/", "Set-Cookie": `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
}

const idOf = (request) => /(?:^|; )sid=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];

// leave ends the browser's session, and tells the identity provider.
async function leave(request, response) {
    const session = sessions.get(idOf(request));
    if (!session) return answer(response, 303, "", { Location: "/" });
    sessions.delete(idOf(request));
    answer(response, 303, "", { Location: await leaving.getLogoutUrlAsync(session.profile, "", {}) });
}

// heed does what a logout message says that the library believes, by either binding, and
// answers a request.
async function heed(request, response) {
    let fields, said;
    if (request.method === "GET") {
        const query = request.url.split("?")[1] ?? "";
        fields = Object.fromEntries(new URLSearchParams(query));
        said = await leaving.validateRedirectAsync(fields, query);
    } else {
        fields = await read(request);
        said = await (fields.SAMLRequest ? leaving.validatePostRequestAsync(fields) : leaving.validatePostResponseAsync(fields));
    }
    if (!said.loggedOut) throw new Error("it is no message for logout");
    if (!said.profile) return answer(response, 303, "", { Location: "/" });
    const { nameID, nameIDFormat, sessionIndex } = said.profile;
    const over = [...sessions].filter(([, { profile }]) => profile.nameID === nameID
        && profile.nameIDFormat === nameIDFormat && (!sessionIndex || profile.sessionIndex === sessionIndex));
    for (const [id] of over) sessions.delete(id);
    answer(response, 303, "", { Location: await leaving.getLogoutResponseUrlAsync(said.profile, fields.RelayState ?? "", {}, over.length > 0) });
}

// described is the library's metadata, which takes it that whoever has a key signs every
// request, and knows one binding for logout: the other, which validateRedirectAsync is for,
// stands beside it.
function described() {
    return leaving.generateServiceProviderMetadata(certificate, certificate)
        .replace('AuthnRequestsSigned="true"', 'AuthnRequestsSigned="false"')
        .replace(/<SingleLogoutService [^>]*>/, (post) => `${post.replace("HTTP-POST", "HTTP-Redirect")}\n    ${post}`);
}

function home(request, response) {
    const who = sessions.get(idOf(request))?.who;
    answer(response, 200, who
        ? `<!DOCTYPE html><title>Home</title><p>Signed in as “<b>${escaped(who)}</b>”.</p>`
        : '<!DOCTYPE html><title>Home</title><p><a href="/login">Sign in</a></p>');
}

async function route(request, response) {
    switch (`${request.method} ${request.url.split("?")[0]}`) {
    case "GET /": return home(request, response);
    case "GET /login": return answer(response, 200, await saml.getAuthorizeFormAsync(""));
    case "GET /login/anew": return answer(response, 200, await anew.getAuthorizeFormAsync(""));
    case "GET /logout": return leave(request, response);
    case "GET /slo":
    case "POST /slo": return heed(request, response);
    case "GET /metadata": return answer(response, 200, described(), { "Content-Type": "application/samlmetadata+xml" });
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
