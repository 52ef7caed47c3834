// The directory sync of Ory Polis, which was SAML Jackson: the library that it is made
// of, with the engine that keeps everything in memory, behind the route that Polis itself
// has for SCIM. What the library decides is left to it; the route takes the address apart
// and reads the body, and what is thrown over either is a 500, as in Next.js. Drivers of
// databases that are loaded only where they are used are not installed (package.json).
//
// It listens on loopback, on the port in PORT or else a free one, and says where, and
// with which bearer token, as one line of JSON on standard output. It ends with its
// standard input.
import { createServer } from "node:http";
import { controllers } from "@boxyhq/saml-jackson";

const silent = () => {}; // what it logs would stand where the address belongs

const whole = (text) => (text ? parseInt(text) : undefined);

async function bodyOf(request) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    return text ? JSON.parse(text) : undefined;
}

async function answer(sync, request) {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const [directoryId, resourceType = "", resourceId] = pathname.replace(/^\/api\/scim\/v2\.0\//, "").split("/").map(decodeURIComponent);
    return sync.requests.handle({
        method: request.method,
        body: await bodyOf(request),
        directoryId,
        resourceId,
        resourceType,
        apiSecret: (request.headers.authorization ?? "").split(" ")[1] ?? null,
        query: {
            count: whole(searchParams.get("count")),
            startIndex: whole(searchParams.get("startIndex")),
            filter: searchParams.get("filter") ?? undefined,
        },
    });
}

const server = createServer();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", async () => {
    const base = `http://127.0.0.1:${server.address().port}`;
    const { directorySyncController: sync } = await controllers({
        externalUrl: base,
        samlPath: "/api/oauth/saml",
        samlAudience: "https://saml.polis.test",
        db: { engine: "mem" },
        noAnalytics: true,
        logger: { info: silent, warn: silent, error: silent },
    });
    const { data: directory } = await sync.directories.create({ name: "acme", tenant: "acme", product: "ci", type: "okta-scim-v2" });
    server.on("request", async (request, response) => {
        let said = { status: 500, data: { message: "Internal Server Error" } };
        try {
            said = await answer(sync, request);
        } catch {
            // said already
        }
        response.writeHead(said.status, { "Content-Type": "application/json; charset=utf-8" });
        response.end(JSON.stringify(said.data));
    });
    process.stdout.write(JSON.stringify({ scim: directory.scim.endpoint, token: directory.scim.secret }) + "\n");
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
