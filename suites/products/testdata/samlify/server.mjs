// A service provider as the documentation of samlify builds one. What the library decides
// is left to it: requests, metadata, signatures, decryption, the issuer of a response, the
// window of the conditions. Its documentation leaves everything else to the integrator, and
// hands on what that takes, so it is done here: the form is read, within the bounds of the
// middleware that its examples name; the audience is held against our own name, the address
// of a message against ours, the issuer of a logout request against the one that is trusted,
// and InResponseTo, where there is one, against the requests that were sent, each of which is
// answered once (an answer to none is taken too, unless IN_RESPONSE_TO is always). People are
// known by their e-mail address. Sessions, and the page that shows who is signed in, are ours
// as well.
//
// The library takes assertions of an identity provider that are encrypted, or those that are
// not, and never both: isAssertionEncrypted, a setting of that provider, which is on where
// ENCRYPTED is. Likewise a service provider signs all of its requests or none; the one that
// asks that the person be seen anew does.
//
// The library wants a schema validator, of the integrator's choice, and names some. This
// is one of our own, as it allows for: xmllint, with the schemas of the one that needs
// neither a Java machine nor a compiler. That one is libxml2 too, but as JavaScript, which
// takes ten times as long and adds listeners to the process with each message.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The metadata of the identity provider that it trusts
// is in the file IDP_METADATA, its own key and certificate, as PEM, in SP_KEY and
// SP_CERTIFICATE. It ends with its standard input.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as samlify from "samlify";

function file(variable) {
    if (!process.env[variable]) {
        process.stderr.write(`${variable} names no file\n`);
        process.exit(2);
    }
    return readFileSync(process.env[variable], "utf8");
}

samlify.setSchemaValidator({ validate });
// The library's, of each message without times, and of each that cannot be decrypted.
console.warn = console.error = () => {};

const schemas = mkdtempSync(join(tmpdir(), "samlify-"));
process.on("exit", () => rmSync(schemas, { recursive: true, force: true }));
for (const name of ["saml-schema-protocol-2.0", "saml-schema-assertion-2.0", "xmldsig-core-schema", "xenc-schema"]) {
    const carried = createRequire(import.meta.url)(`@authenio/samlify-node-xmllint/build/schemas/${name}.xsd`);
    writeFileSync(join(schemas, `${name}.xsd`), carried.default);
}

const trusted = file("IDP_METADATA"), key = file("SP_KEY"), certificate = file("SP_CERTIFICATE");
const idp = provider(trusted);
const sessions = new Map(); // of what the library says of who signed in
const asked = new Set();
let base, sp, anew; // anew is the two that deal with each other by signed requests

function provider(metadata) {
    return samlify.IdentityProvider({
        metadata,
        isAssertionEncrypted: process.env.ENCRYPTED === "on",
        wantLogoutRequestSigned: true,
        wantLogoutResponseSigned: true,
    });
}

function configure() {
    const { post, redirect } = samlify.Constants.namespace.binding;
    const described = {
        entityID: `${base}/metadata`,
        assertionConsumerService: [{ Binding: post, Location: `${base}/acs` }],
        singleLogoutService: [{ Binding: redirect, Location: `${base}/slo` }, { Binding: post, Location: `${base}/slo` }],
        signingCert: certificate,
        ...(process.env.ENCRYPTED === "on" ? { encryptCert: certificate } : {}),
        privateKey: key,
        encPrivateKey: key,
        wantAssertionsSigned: true,
        wantLogoutRequestSigned: true,
        wantLogoutResponseSigned: true,
    };
    sp = samlify.ServiceProvider(described);
    anew = {
        sp: samlify.ServiceProvider({ ...described, authnRequestsSigned: true }),
        idp: provider(trusted.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"')),
    };
}

// validate lets a message pass that the schemas allow.
function validate(message) {
    return new Promise((resolve, reject) => {
        const xmllint = spawn("xmllint", ["--noout", "--nonet", "--schema", join(schemas, "saml-schema-protocol-2.0.xsd"), "-"],
            { stdio: ["pipe", "ignore", "ignore"] });
        xmllint.on("error", reject);
        xmllint.on("close", (status) => status === 0 ? resolve("valid") : reject(new Error("the schemas do not allow it")));
        xmllint.stdin.on("error", () => {}); // it may have read enough
        xmllint.stdin.end(message);
    });
}

function answer(response, status, text, header = {}) {
    response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", ...header });
    response.end(text);
}

function escaped(text) {
    return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

// fields are the parameters of a query or of a form, each of which comes once.
function fields(text) {
    const parameters = new URLSearchParams(text);
    for (const name of parameters.keys()) {
        if (parameters.getAll(name).length > 1) throw new Error("a parameter comes twice");
    }
    return Object.fromEntries(parameters);
}

// longest is what the middleware takes for a form; of a longer one it keeps nothing.
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
    return fields(Buffer.concat(parts).toString("utf8"));
}

function signIn(response) {
    const { id, context } = sp.createLoginRequest(idp, "redirect");
    asked.add(id);
    answer(response, 302, "", { Location: context });
}

function signInAnew(response) {
    const { id, context } = anew.sp.createLoginRequest(anew.idp, "redirect", { forceAuthn: true });
    asked.add(id);
    answer(response, 302, "", { Location: context });
}

// whom says whom a response that the library believes signs in, once the rest is as it
// should be. A name that means something to the identity provider only has the address in
// an attribute beside it.
function whom({ audience, nameID, attributes, response }) {
    if (![audience].flat().includes(`${base}/metadata`)) throw new Error("it is meant for somebody else");
    if (response.destination !== `${base}/acs`) throw new Error("it was sent elsewhere");
    const answers = response.inResponseTo !== undefined || process.env.IN_RESPONSE_TO === "always";
    if (answers && !asked.delete(response.inResponseTo)) throw new Error("nobody asked for it");
    if (typeof nameID !== "string" || nameID === "") throw new Error("nobody is named");
    const address = nameID.includes("@") ? nameID : attributes.email;
    if (typeof address !== "string" || !address.includes("@")) throw new Error("nobody is named");
    return address;
}

async function consume(request, response) {
    const { extract } = await sp.parseLoginResponse(idp, "post", { body: await read(request) });
    const id = randomBytes(16).toString("hex");
    sessions.set(id, { who: whom(extract), nameID: extract.nameID, index: extract.sessionIndex?.sessionIndex });
    answer(response, 303, "", { Location: "/", "Set-Cookie": `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
}

const idOf = (request) => /(?:^|; )sid=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];

// leave ends the browser's session, and tells the identity provider.
function leave(request, response) {
    const session = sessions.get(idOf(request));
    if (!session) return answer(response, 303, "", { Location: "/" });
    sessions.delete(idOf(request));
    const { context } = sp.createLogoutRequest(idp, "redirect", { logoutNameID: session.nameID, sessionIndex: session.index });
    answer(response, 303, "", { Location: context });
}

// signedPart is what the signature of a query covers: its parameters as they were written,
// in the order that the binding has (SAML 2.0 bindings 3.4.4.1).
function signedPart(query) {
    const written = query.split("&");
    return ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg"]
        .flatMap((name) => written.filter((parameter) => parameter.startsWith(`${name}=`))).join("&");
}

// heed does what a logout message says that the library believes, by either binding, and
// answers a request.
async function heed(request, response) {
    const text = request.url.split("?")[1] ?? "";
    const [binding, brought] = request.method === "GET"
        ? ["redirect", { query: fields(text), octetString: signedPart(text) }]
        : ["post", { body: await read(request) }];
    const { SAMLRequest, RelayState } = brought.query ?? brought.body;
    if (SAMLRequest === undefined) {
        await sp.parseLogoutResponse(idp, binding, brought);
        return answer(response, 303, "", { Location: "/" });
    }
    const asks = await sp.parseLogoutRequest(idp, binding, brought);
    const { issuer, nameID, sessionIndex, request: { destination } } = asks.extract;
    if (issuer !== idp.entityMeta.getEntityID()) throw new Error("it is somebody else's");
    if (destination !== `${base}/slo`) throw new Error("it was sent elsewhere");
    const indexes = [sessionIndex ?? []].flat();
    for (const [id, session] of sessions) {
        if (session.nameID === nameID && (indexes.length === 0 || indexes.includes(session.index))) sessions.delete(id);
    }
    const { context } = sp.createLogoutResponse(idp, asks, "redirect", { relayState: RelayState });
    answer(response, 303, "", { Location: context });
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
    case "GET /login": return signIn(response);
    case "GET /login/anew": return signInAnew(response);
    case "GET /logout": return leave(request, response);
    case "GET /slo":
    case "POST /slo": return heed(request, response);
    case "GET /metadata": return answer(response, 200, sp.getMetadata(), { "Content-Type": "application/samlmetadata+xml" });
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
    process.stdout.write(`${JSON.stringify({ base })}\n`);
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
