// A SCIM server as the documentation of scimmy and scimmy-routers builds one, over a
// Map. What the libraries decide is left to them: parsing, filters, PATCH, the shape of
// answers and of errors. What they leave to the integrator is done here, as their
// documentation asks for it: keeping users, finding them, and that a user name is given
// once.
//
// It listens on loopback, on the port in PORT or else a free one, and says where, as one
// line of JSON on standard output. The bearer token is in SCIM_TOKEN. It ends with its
// standard input.
import { randomUUID, timingSafeEqual } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = process.env.SCIM_TOKEN;
if (!token) {
    console.error("SCIM_TOKEN holds no token");
    process.exit(2);
}

const users = new Map();

const sameName = (a, b) => a.userName.toLowerCase() === b.userName.toLowerCase();

function find(id) {
    const user = users.get(id);
    if (!user) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
    return user;
}

function keep(resource, data) {
    const before = resource.id ? find(resource.id) : { id: randomUUID(), meta: { created: new Date() } };
    const user = { ...data, id: before.id, meta: { ...before.meta, lastModified: new Date() } };
    if ([...users.values()].some((other) => other.id !== user.id && sameName(other, user))) {
        throw new SCIMMY.Types.Error(409, "uniqueness", "the user name is taken");
    }
    users.set(user.id, user);
    return user;
}

function read(resource) {
    if (resource.id) return find(resource.id);
    const all = [...users.values()];
    return resource.filter ? resource.filter.match(all) : all;
}

function remove(resource) {
    find(resource.id);
    users.delete(resource.id);
}

function authenticate(request) {
    const given = Buffer.from(request.header("Authorization") ?? "");
    const wanted = Buffer.from(`Bearer ${token}`);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        throw new Error("the token is missing or wrong");
    }
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, { ingress: keep, egress: read, degress: remove });

const app = express();
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: authenticate }));

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    console.log(JSON.stringify({ scim: `http://127.0.0.1:${server.address().port}/scim/v2` }));
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
