// A service provider as the documentation of samlify builds one. What the library decides
// is left to it: requests, metadata, signatures, the issuer, the window of the conditions.
// Its documentation leaves everything else to the integrator, and hands on what that
// takes, so it is done here: the audience is held against our own name, the address of
// the response against ours, and InResponseTo, where there is one, against the requests
// that were sent, each of which is answered once (an answer to none is taken too, unless
// IN_RESPONSE_TO is always). Sessions, and the page that shows who is signed in, are ours
// as well.
//
// The library wants a schema validator, of the integrator's choice, and names some. This
// is one of our own, as it allows for: xmllint, with the schemas of the one that needs
// neither a Java machine nor a compiler. That one is libxml2 too, but as JavaScript, which
// takes ten times as long and adds listeners to the process with each message.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The metadata of the identity provider that it trusts
// is in the file IDP_METADATA. It ends with its standard input.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as samlify from "samlify";

if (!process.env.IDP_METADATA) {
    console.error("IDP_METADATA names no file");
    process.exit(2);
}
samlify.setSchemaValidator({ validate });
console.warn = () => {}; // the library's, of each message without times

const schemas = mkdtempSync(join(tmpdir(), "samlify-"));
process.on("exit", () => rmSync(schemas, { recursive: true, force: true }));
for (const name of ["saml-schema-protocol-2.0", "saml-schema-assertion-2.0", "xmldsig-core-schema", "xenc-schema"]) {
    const carried = createRequire(import.meta.url)(`@authenio/samlify-node-xmllint/build/schemas/${name}.xsd`);
    writeFileSync(join(schemas, `${name}.xsd`), carried.default);
}

const idp = samlify.IdentityProvider({ metadata: readFileSync(process.env.IDP_METADATA) });
const sessions = new Map();
const asked = new Set();
let base, sp;

function configure() {
    sp = samlify.ServiceProvider({
        entityID: `${base}/metadata`,
        assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: `${base}/acs` }],
        wantAssertionsSigned: true,
    });
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

async function read(request) {
    const parts = [];
    for await (const part of request) parts.push(part);
    return Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString("utf8")));
}

function signIn(response) {
    const { id, context } = sp.createLoginRequest(idp, "redirect");
    asked.add(id);
    answer(response, 302, "", { Location: context });
}

// whom says whom a response that the library believes signs in, once the rest is as it
// should be.
function whom({ audience, nameID, response }) {
    if (![audience].flat().includes(`${base}/metadata`)) throw new Error("it is meant for somebody else");
    if (response.destination !== `${base}/acs`) throw new Error("it was sent elsewhere");
    const answers = response.inResponseTo !== undefined || process.env.IN_RESPONSE_TO === "always";
    if (answers && !asked.delete(response.inResponseTo)) throw new Error("nobody asked for it");
    if (typeof nameID !== "string" || nameID === "") throw new Error("nobody is named");
    return nameID;
}

async function consume(request, response) {
    const { extract } = await sp.parseLoginResponse(idp, "post", { body: await read(request) });
    const id = randomBytes(16).toString("hex");
    sessions.set(id, whom(extract));
    answer(response, 303, "", { Location: "/", "Set-Cookie": `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
}

function home(request, response) {
    const id = /(?:^|; )sid=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
    const who = sessions.get(id);
    answer(response, 200, who
        ? `<!DOCTYPE html><title>Home</title><p>Signed in as <b>${escaped(who)}</b>.</p>`
        : '<!DOCTYPE html><title>Home</title><p><a href="/login">Sign in</a></p>');
}

async function route(request, response) {
    switch (`${request.method} ${request.url.split("?")[0]}`) {
    case "GET /": return home(request, response);
    case "GET /login": return signIn(response);
    case "GET /metadata": return answer(response, 200, sp.getMetadata(), { "Content-Type": "application/samlmetadata+xml" });
    case "POST /acs": return consume(request, response);
    default: return answer(response, 404, "<p>There is no such page.</p>");
    }
}

const server = createServer((request, response) => {
    route(request, response).catch(() => answer(response, 403, "<p>You could not be signed in.</p>"));
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    base = `http://127.0.0.1:${server.address().port}`;
    configure();
    process.stdout.write(`${JSON.stringify({ base })}\n`);
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
