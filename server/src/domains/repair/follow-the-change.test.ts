import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, type GitProject, lines } from "../../../../test/repair/git-project.ts";
import { type FailureFacts, repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { newId } from "../../platform/ids/ids.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const app = (...routes: readonly string[]): string =>
  lines(
    'import { createServer } from "node:http";',
    'import { list } from "./list.js";',
    "createServer((request, response) => {",
    "  const url = new URL(request.url, 'http://localhost');",
    "  const send = (status, body) => { response.writeHead(status, { 'content-type': 'application/json' }); response.end(JSON.stringify(body)); };",
    "  try {",
    ...routes,
    "    return send(404, { error: 'not found' });",
    "  } catch { return send(500, {}); }",
    "}).listen(8080);",
  );
const listRoute = "    if (url.pathname === '/books') return send(200, list(url.searchParams));";
const books = lines(
  "const books = [{ id: 1, tags: ['b', 'a'] }, { id: 2, tags: [] }];",
  "export function list() {",
  "  return books.map((book) => ({ id: book.id, tags: book.tags }));",
  "}",
);
const own = lines(
  'import assert from "node:assert/strict";',
  'import { test } from "node:test";',
  'import { list } from "../src/list.js";',
  "test('there are two books', () => assert.equal(list(new URLSearchParams()).length, 2));",
);

function library(): GitProject {
  const project = createGitProject();
  project.commit("Begin", {
    "package.json": JSON.stringify({
      type: "module",
      scripts: { start: "node src/server.js", test: "node --test --test-isolation=none" },
    }),
    "src/server.js": app(listRoute),
    "src/list.js": books,
    "test/list.test.js": own,
  });
  return project;
}

async function repair(project: GitProject, facts: FailureFacts, candidates: readonly string[] = []) {
  const deps = repairDeps(store.database);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, facts);
  for (const [at, sha] of candidates.entries()) {
    await sql`INSERT INTO incident_hypotheses
      (hypothesis_id, project_id, incident_id, revision, rank, hypothesis_type, title, confidence, evidence_ids, details)
      SELECT ${newId()}, project_id, id, 1, ${at + 1}, 'release', 'A commit', 0.4, '{}',
        ${JSON.stringify({ commitSha: sha, subject: `commit ${sha}` })}::jsonb FROM incidents WHERE id = ${incidentId}`.execute(
      store.database.db,
    );
  }
  const outcome = await repairIncident(deps, { incidentId });
  return { outcome, autopsy: await loadAutopsy(store.database.db, incidentId) };
}

const asked = (url: string) => ({ http_request: { method: "GET", url: `http://books.example${url}` } });
const frame = (file: string, line: number) => ({ file, function: "list", line, column: 1, isInApp: true });

test("a request that fails only when it comes again is sent again, and undoing the change proves it", async () => {
  const project = library();
  const culprit = project.commit("Tags in one line", {
    "src/list.js": books.replace(
      "  return books.map((book) => ({ id: book.id, tags: book.tags }));",
      "  return books.map((book) => ({ id: book.id, tags: (book.tags = book.tags.sort().join(' ')) }));",
    ),
  });
  const base = project.commit("Say hello", { "README.md": "Hello\n" });
  const { outcome, autopsy } = await repair(project, {
    base,
    culprit,
    errorMessage: "book.tags.sort is not a function",
    frames: [frame("/srv/src/list.js", 3)],
    payload: asked("/books"),
  });
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert" });
  expect(autopsy?.test_diff).toContain("for (let time = 1; time < 2; time += 1)");
});

test("a route that the blamed commit brought has no right answer before it, so its removal is never proven", async () => {
  const project = library();
  const badges =
    "    if (url.pathname === '/badges') return send(200, list(url.searchParams).find(({ id }) => id === 9).tags);";
  const culprit = project.commit("Badges", { "src/server.js": app(listRoute, badges) });
  const { outcome } = await repair(project, {
    base: culprit,
    culprit,
    errorMessage: "Cannot read properties of undefined (reading 'tags')",
    frames: [frame("/srv/src/server.js", 8)],
    payload: asked("/badges"),
  });
  expect(outcome.proof).toBe("not_run");
  expect(outcome.reason).toContain("brought this route");
});

test("where the blamed commit can't have done it, the next candidate is tried and the answer says so", async () => {
  const project = library();
  const broken = books.replace("({ id: book.id,", "({ id: book.number.value,");
  const culprit = project.commit("Number the books", { "src/list.js": broken });
  const innocent = project.commit("Copy the tags", {
    "src/list.js": broken.replace("tags: book.tags", "tags: [...book.tags]"),
  });
  const facts = {
    base: innocent,
    culprit: innocent,
    errorMessage: "Cannot read properties of undefined (reading 'value')",
    frames: [frame("/srv/src/list.js", 3)],
    payload: asked("/books"),
  };
  const alone = await repair(project, facts, [innocent]);
  expect(alone.outcome.proof).not.toBe("green");
  const { outcome, autopsy } = await repair(project, facts, [innocent, culprit]);
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert-moved" });
  expect(outcome.reason).toContain(
    `The verdict blames ${innocent.slice(0, 10)}; this was tried for ${culprit.slice(0, 10)}.`,
  );
  expect(autopsy?.patch_diff).toContain("({ id: book.id, tags: [...book.tags] })");
});

test("where nobody is blamed the commits that are possible are tried, and the answer says that nobody is", async () => {
  const project = library();
  const broken = books.replace("({ id: book.id,", "({ id: book.number.value,");
  const culprit = project.commit("Number the books", { "src/list.js": broken });
  const base = project.commit("Say hello", { "README.md": "Hello\n" });
  const { outcome, autopsy } = await repair(
    project,
    {
      base,
      culprit: null,
      errorMessage: "Cannot read properties of undefined (reading 'value')",
      frames: [frame("/srv/src/list.js", 3)],
      payload: asked("/books"),
    },
    [base, culprit],
  );
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert" });
  expect(outcome.reason).toContain(`The verdict blames nobody; this was tried for ${culprit.slice(0, 10)}.`);
  expect(autopsy?.patch_diff).toContain("+  return books.map((book) => ({ id: book.id, tags: book.tags }));");
});

test("a filter that others built upon is guarded, not disconnected", async () => {
  const project = library();
  const filter = (more: string): string =>
    lines(
      "export function filterOf(query) {",
      `  const { id${more} } = JSON.parse(query.get('filter') ?? '{}');`,
      "  return (book) => id === undefined || book.id === id;",
      "}",
    );
  const filtered = lines(
    'import { filterOf } from "./filter.js";',
    books.trimEnd().replace("list() {", "list(query) {").replace("books.map", "books.filter(filterOf(query)).map"),
  );
  const culprit = project.commit("Filters", { "src/list.js": filtered, "src/filter.js": filter("") });
  const base = project.commit("Filter by tag", {
    "src/filter.js": filter(", tag").replace(
      "book.id === id;",
      "(book.id === id && (tag === undefined || book.tags.includes(tag)));",
    ),
  });
  const { outcome, autopsy } = await repair(project, {
    base,
    culprit,
    errorType: "SyntaxError",
    errorMessage: "Unexpected token 'x', \"x\" is not valid JSON",
    frames: [frame("/srv/src/filter.js", 2), frame("/srv/src/list.js", 4)],
    payload: asked("/books?filter=x"),
  });
  expect(outcome).toMatchObject({ proof: "green", proposer: "guard-parse", patchKind: "mitigation" });
  expect(autopsy?.patch_diff).not.toContain("a/src/list.js");
});

test("a guard whose value no test sees is not proven", async () => {
  const project = library();
  const trend = (more: string): string =>
    lines(
      "const seen = new Map();",
      "export function note(query) {",
      `  const last = seen.get(query.get('id'));`,
      `  seen.set('change', 5 - last.value${more});`,
      "}",
    );
  const noted = lines(
    'import { note } from "./trend.js";',
    books.trimEnd().replace("list() {", "list(query) {\n  note(query);"),
  );
  const culprit = project.commit("Trends", { "src/list.js": noted, "src/trend.js": trend("") });
  const base = project.commit("Double them", { "src/trend.js": trend(" * 2") });
  const { outcome } = await repair(project, {
    base,
    culprit,
    errorMessage: "Cannot read properties of undefined (reading 'value')",
    frames: [frame("/srv/src/trend.js", 4), frame("/srv/src/list.js", 4)],
    payload: asked("/books?id=7"),
  });
  expect(outcome.proof).not.toBe("green");
  expect(outcome.reason).toContain("with any value in the missing one's place");
});
