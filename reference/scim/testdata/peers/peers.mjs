// Lets readers of SCIM that others made answer what ours is asked too. Each line of
// standard input is a question in JSON, each line of standard output the answer:
//
//   {"peer": "scim2-parse-filter", "filter": "title pr", "resources": [{"title": "x"}]}
//   {"matches": [true]}
//   {"peer": "scim-patch", "operations": [{"op": "remove", "path": "title"}], "resource": {"title": "x"}}
//   {"resource": {}}
//
// What a peer will not read, or fails over, is {"refused": "why"}.
import { createInterface } from "node:readline";
import patching from "scim-patch";
import query from "scim-query-filter-parser";
import filters from "scim2-parse-filter";

const peers = {
    "scim2-parse-filter": ({ filter, resources }) => judged(filters.filter(filters.parse(filter)), resources),
    "scim-query-filter-parser": ({ filter, resources }) => judged(query.compileFilter(filter), resources),
    "scim-patch": ({ operations, resource }) => {
        patching.patchBodyValidation({ schemas: [patching.PATCH_OPERATION_SCHEMA], Operations: operations });
        return { resource: patching.scimPatch(resource, operations) };
    },
};

function judged(matches, resources) {
    return { matches: resources.map((resource) => matches(resource)) };
}

for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    let answer;
    try {
        answer = peers[question.peer](question);
    } catch (error) {
        answer = { refused: String(error.message ?? error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
}
