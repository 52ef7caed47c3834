// A SCIM server as the documentation of scimmy and scimmy-routers builds one, over a Map
// for users and one for groups. What the libraries decide is left to them: parsing,
// filters, PATCH, sorting, paging, the shape of answers and of errors. What they leave to
// the integrator is done here, as their documentation asks for it: keeping resources,
// finding them, that a user name is given once, and in which groups a user is.
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
const groups = new Map();

const sameName = (a, b) => a.userName.toLowerCase() === b.userName.toLowerCase();
const known = ({ value }) => users.has(value) || groups.has(value);
const has = (group, id) => (group.members ?? []).some((member) => member.value === id);

function find(kept, id) {
    const resource = kept.get(id);
    if (!resource) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
    return resource;
}

function keep(kept, { id }, data) {
    const before = id ? find(kept, id) : { id: randomUUID(), meta: { created: new Date() } };
    const resource = { ...data, id: before.id, meta: { ...before.meta, lastModified: new Date() } };
    kept.set(resource.id, resource);
    return resource;
}

function keepUser(resource, data) {
    if ([...users.values()].some((other) => other.id !== resource.id && sameName(other, data))) {
        throw new SCIMMY.Types.Error(409, "uniqueness", "the user name is taken");
    }
    return withGroups(keep(users, resource, data));
}

function withGroups(user) {
    const of = [...groups.values()].filter((group) => has(group, user.id));
    return { ...user, groups: of.map(({ id, displayName }) => ({ value: id, display: displayName, type: "direct" })) };
}

function read(kept, resource, shown = (r) => r) {
    if (resource.id) return shown(find(kept, resource.id));
    const all = [...kept.values()].map(shown);
    return resource.filter ? resource.filter.match(all) : all;
}

function remove(kept, { id }) {
    find(kept, id);
    kept.delete(id);
}

function removeUser(resource) {
    remove(users, resource);
    for (const group of groups.values()) group.members = group.members?.filter(({ value }) => value !== resource.id);
}

function authenticate(request) {
    const [, bearer] = /^Bearer +(.+)$/i.exec(request.header("Authorization") ?? "") ?? [];
    const given = Buffer.from(bearer ?? "");
    const wanted = Buffer.from(token);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        throw new Error("the token is missing or wrong");
    }
}

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), {
    ingress: keepUser,
    egress: (resource) => read(users, resource, withGroups),
    degress: removeUser,
});
SCIMMY.Resources.declare(SCIMMY.Resources.Group, {
    ingress: (resource, data) => keep(groups, resource, { ...data, members: data.members?.filter(known) }),
    egress: (resource) => read(groups, resource),
    degress: (resource) => remove(groups, resource),
});

const app = express();
const baseUri = (request) => `http://${request.header("Host")}`;
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: authenticate, baseUri }));

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    console.log(JSON.stringify({ scim: `http://127.0.0.1:${server.address().port}/scim/v2` }));
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
