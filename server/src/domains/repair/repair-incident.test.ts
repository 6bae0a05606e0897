import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import { repairIncident } from "./repair-incident.ts";
import { createGitProject, type GitProject, lines } from "./testing/git-project.ts";
import { repairDeps, seedIncident } from "./testing/repair-setup.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const server = lines(
  'import { createServer } from "node:http";',
  'import { carts } from "./carts.js";',
  'import { totalOf } from "./totals.js";',
  "",
  "const server = createServer((request, response) => {",
  "  try {",
  "    const cart = carts.get(request.url.split('/')[2]);",
  "    const body = JSON.stringify(cart ? { total: totalOf(cart), at: Date.now() } : { error: 'no such cart' });",
  "    response.writeHead(cart ? 200 : 404, { 'content-type': 'application/json' });",
  "    response.end(body);",
  "  } catch (error) {",
  "    response.writeHead(500);",
  "    response.end('internal error');",
  "  }",
  "});",
  "server.listen(8080);",
);
const carts = lines(
  "export const carts = new Map([",
  '  ["a", { items: [{ cents: 100 }, { cents: 250 }], coupon: { percent: 10 } }],',
  '  ["b", { items: [{ cents: 100 }] }],',
  "]);",
);
const goodTotals = lines(
  "export function totalOf(cart) {",
  "  const sum = cart.items.reduce((total, item) => total + item.cents, 0);",
  "  const percent = cart.coupon ? cart.coupon.percent : 0;",
  "  return sum - (sum * percent) / 100;",
  "}",
);
const badTotals = lines(
  "export function totalOf(cart) {",
  "  const sum = cart.items.reduce((total, item) => total + item.cents, 0);",
  "  const percent = cart.coupon.percent;",
  "  return sum - (sum * percent) / 100;",
  "}",
);
const ownTest = lines(
  'import assert from "node:assert/strict";',
  'import { test } from "node:test";',
  'import { totalOf } from "../src/totals.js";',
  'test("a coupon lowers the total", () => {',
  "  assert.equal(totalOf({ items: [{ cents: 200 }], coupon: { percent: 10 } }), 180);",
  "});",
);
const manifest = JSON.stringify({
  name: "till",
  type: "module",
  scripts: { start: "node src/server.js", test: "node --test" },
});

function till(): { project: GitProject; culprit: string } {
  const project = createGitProject();
  project.commit("Begin", {
    "package.json": manifest,
    "src/server.js": server,
    "src/carts.js": carts,
    "src/totals.js": goodTotals,
    "test/totals.test.js": ownTest,
  });
  const culprit = project.commit("Tidy the totals", { "src/totals.js": badTotals });
  return { project, culprit };
}

const failure = {
  errorMessage: "Cannot read properties of undefined (reading 'percent')",
  frames: [{ file: "/srv/till/src/totals.js", function: "totalOf", line: 3, column: 31, isInApp: true }],
  payload: { request: { method: "GET", url: "http://shop.example/carts/b" } },
};

test("a commit that reverts cleanly is undone, and a replayed request proves it", async () => {
  const deps = repairDeps(store.database);
  const { project, culprit } = till();
  const base = project.commit("Say hello", { "README.md": "Hello\n" });
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, { ...failure, base, culprit });
  const outcome = await repairIncident(deps, { incidentId });
  const autopsy = await loadAutopsy(store.database.db, incidentId);
  console.log(outcome, JSON.stringify(autopsy, null, 1).replaceAll("\\n", "\n"));
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert", patchKind: "revert", patchApplies: true });
});
