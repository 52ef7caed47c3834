// better-auth with its SCIM plugin, set up as its documentation does it: connections and
// their tokens are kept by the plugin, people by the adapter that keeps everything in
// memory. Nothing of the protocol is decided here.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, and
// with which bearer token, as one line of JSON on standard output. It ends with its
// standard input.
import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { scim } from "@better-auth/scim";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";

const secret = () => randomBytes(32).toString("hex");

function atAddress(baseURL) {
    const plugins = [scim({ connections: [], managedConnections: { credentialHashSecret: secret() } })];
    const tables = Object.values(getAuthTables({ plugins })).map((table) => [table.modelName, []]);
    return betterAuth({
        baseURL,
        plugins,
        secret: secret(),
        database: memoryAdapter(Object.fromEntries(tables)),
        logger: { disabled: true },
        telemetry: { enabled: false },
    });
}

async function connect(auth) {
    const { token } = await auth.api.createSCIMManagedConnection({
        body: {
            actorId: "owner",
            creationRequestId: randomUUID(),
            provisioningDomainId: "acme",
            scopes: ["scim.users.read", "scim.users.write", "scim.groups.read", "scim.groups.write"],
            expiresAt: new Date(Date.now() + 24 * 60 * 60 * 1000),
        },
    });
    return token;
}

const server = createServer();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", async () => {
    const base = `http://127.0.0.1:${server.address().port}`;
    const auth = atAddress(base);
    server.on("request", toNodeHandler(auth));
    console.log(JSON.stringify({ scim: `${base}/api/auth/scim/v2`, token: await connect(auth) }));
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
