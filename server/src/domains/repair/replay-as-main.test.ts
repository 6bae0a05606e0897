import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, lines } from "../../../../test/repair/git-project.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const service = (head: readonly string[], guard: string) =>
  lines(
    ...head,
    "const shelves = { a: { books: [1, 2] }, b: {} };",
    "const server = createServer((request, response) => {",
    "  try {",
    "    const count = countOf(shelves[request.url.slice(1)]);",
    "    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count }));",
    "  } catch { response.writeHead(500).end(); }",
    "});",
    `if (${guard}) server.listen(8080);`,
  );
const cjs = ['const { createServer } = require("node:http");', 'const { countOf } = require("./count.js");'];
const esm = ['import { createServer } from "node:http";', 'import { countOf } from "./count.js";'];
const url = 'import { pathToFileURL } from "node:url";';

test.each([
  ["require.main === module", "commonjs", cjs],
  ["import.meta.url === pathToFileURL(process.argv[1]).href", "module", [...esm, url]],
  ["import.meta.main", "module", esm],
] as const)(
  "a service that starts only under %s is started as production does and asked again",
  async (guard, type, head) => {
    const project = createGitProject();
    const counting = (books: string) =>
      lines(`${type === "module" ? "export " : ""}function countOf(shelf) {`, `  return ${books}.length;`, "}") +
      (type === "module" ? "" : "module.exports = { countOf };\n");
    project.commit("Begin", {
      "package.json": JSON.stringify({ type, scripts: { start: "node src/server.js" } }),
      "src/server.js": service(head, guard),
      "src/count.js": counting("(shelf.books ?? [])"),
    });
    const culprit = project.commit("Simplify", { "src/count.js": counting("shelf.books") });
    const deps = repairDeps(store.database);
    const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
      base: culprit,
      culprit,
      errorMessage: "Cannot read properties of undefined (reading 'length')",
      frames: [{ file: "/srv/src/count.js", function: "countOf", line: 2, column: 22, isInApp: true }],
      payload: { http_request: { method: "GET", url: "http://shelves.example/b" } },
    });
    expect(await repairIncident(deps, { incidentId })).toMatchObject({ proof: "green", proposer: "revert" });
    const autopsy = await loadAutopsy(store.database.db, incidentId);
    expect(autopsy?.test_diff).toMatch(
      /spawn\(process\.execPath.*"src\/server\.js"[\s\S]*assert\.deepEqual\(body\.count, 0\)/,
    );
  },
);
