import { execFileSync } from "node:child_process";
import { type ProofProgress, proofProgressSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, type GitProject, lines } from "../../../../test/repair/git-project.ts";
import { type FailureFacts, repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { carts, manifest, till, tillFailure, tillRequest, totals } from "../../../../test/repair/till-project.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import type { PatchProposer } from "./propose-patches.ts";
import type { RepairDeps } from "./repair-deps.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

async function repair(
  project: GitProject | null,
  facts: Omit<FailureFacts, "errorMessage" | "frames"> & Partial<FailureFacts>,
  overrides: Partial<RepairDeps> = {},
) {
  const deps = repairDeps(store.database, overrides);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, { ...tillFailure, ...facts });
  const outcome = await repairIncident(deps, { incidentId });
  const autopsy = await loadAutopsy(store.database.db, incidentId);
  if (autopsy === null) throw new Error("A repair left no autopsy.");
  return { incidentId, deps, outcome, autopsy };
}

function appliesAt(project: GitProject, commit: string, diff: string): void {
  project.git("checkout", "--quiet", "--detach", commit);
  execFileSync("git", ["apply", "--check", "-"], { cwd: project.folder, input: diff });
}

test("a culprit that reverts cleanly is undone, and the failing request sent again proves it", async () => {
  const { project, culprit } = till();
  const base = project.commit("Say hello", { "README.md": "Hello\n" });
  const { outcome, autopsy, incidentId } = await repair(project, { base, culprit, payload: tillRequest });
  expect(outcome).toMatchObject({
    proof: "green",
    proposer: "revert",
    patchKind: "revert",
    patchApplies: true,
    runs: 1,
  });
  expect(outcome.reason).not.toContain("takes back all");
  expect(autopsy.proof_steps.map((step) => [step.name, step.outcome])).toEqual([
    ["patch passes the gate", "passed"],
    ["replay the failing request", "passed"],
    ["regression test fails before the patch", "passed"],
    ["project's tests before the patch", "passed"],
    ["regression test passes with the patch", "passed"],
    ["project's tests with the patch", "passed"],
  ]);
  // The answer holds a clock: only what is the same each time is asserted.
  expect(autopsy.test_diff).toContain("assert.equal(response.status, 200, text)");
  expect(autopsy.test_diff).toContain("assert.deepEqual(body.total, 100)");
  expect(autopsy.test_diff).not.toContain("body.at");
  appliesAt(project, base, autopsy.patch_diff ?? "");
  const { rows } = await sql<{ root_cause: string; ai_fix_prompt: string; manual_steps: string[]; model_used: string }>`
    SELECT root_cause, ai_fix_prompt, manual_steps, model_used FROM autopsy_results WHERE incident_id = ${incidentId}`.execute(
    store.database.db,
  );
  expect(rows[0]).toMatchObject({ root_cause: "The last release did it.", model_used: "rules" });
  expect(rows[0]?.ai_fix_prompt).toContain(">     3 |   const percent = cart.coupon.percent;");
  expect(rows[0]?.manual_steps).toContain(`Undo the blamed commit: git revert ${culprit}`);
  const { rows: events } = await sql<{ payload: object }>`
    SELECT payload FROM workflow_events WHERE incident_id = ${incidentId} AND event_type = 'patch.proven'`.execute(
    store.database.db,
  );
  expect(events).toMatchObject([{ payload: { proposer: "revert", patch_kind: "revert", base_commit: base } }]);
});

test("of a commit that did two things only the one that fails is undone, and the other one's work stays", async () => {
  const { project } = till();
  const taxes = { "src/taxes.js": "export const taxes = 7;\n", "docs/taxes.md": "Seven.\n" };
  project.commit("Also count the taxes", { ...taxes, "src/carts.js": `${carts}export const rooms = 3;\n` });
  project.git("reset", "--quiet", "--soft", "HEAD~2");
  project.git("commit", "--quiet", "--message", "Read the percent and count the taxes");
  const culprit = project.git("rev-parse", "HEAD");
  const { autopsy, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest });
  expect(autopsy.proof, autopsy.proof_reason).toBe("green");
  expect(outcome).toMatchObject({ proposer: "revert-part", runs: 1 });
  expect(autopsy.patch_diff).toContain("a/src/totals.js");
  expect(autopsy.patch_diff).not.toMatch(/taxes|rooms/);
  expect(autopsy.proof_reason).not.toContain("takes back all");
});

/** A commit that breaks the totals and brings a discount with its test, all of whose words are those of the code around it. */
function quoted(totalsTests: readonly string[], quoteTests: readonly string[]) {
  const { project } = till();
  const head = (name: string, path: string) => [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    `import { ${name} } from "../src/${path}";`,
  ];
  const quote = (cents: string) => `export const quote = (cart, percent) => ${cents};\n`;
  const quoteTest = (...more: string[]) =>
    lines(
      ...head("quote", "quote.js"),
      'test("a cart is quoted", () => assert.equal(quote({ cents: 100 }, 0), 100));',
      ...more,
    );
  const totalsTest = project.git("show", "HEAD:test/totals.test.js");
  project.git("reset", "--quiet", "--hard", "HEAD~1");
  project.commit("Quote", { "src/quote.js": quote("cart.cents"), "test/quote.test.js": quoteTest() });
  const culprit = project.commit("Read the percent, and 10 % off from 200 EUR", {
    "src/totals.js": totals("cart.coupon.percent"),
    "test/totals.test.js": lines(totalsTest, ...totalsTests),
    "src/quote.js": quote("cart.cents >= 20000 ? cart.cents - (cart.cents * percent) / 100 : cart.cents"),
    "test/quote.test.js": quoteTest(...quoteTests),
  });
  return { project, culprit };
}
const discountTest =
  'test("10 % off from 200 EUR", () => assert.equal(quote({ coupon: "e1", cents: 20000 }, 10), 18000));';

test("a test of what stays of a commit stays as well, though it shares words with what is undone", async () => {
  const { project, culprit } = quoted([], [discountTest]);
  const { autopsy, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest });
  expect(outcome, autopsy.proof_reason).toMatchObject({ proof: "green", proposer: "revert-part", runs: 1 });
  expect(autopsy.patch_diff).toContain("a/src/totals.js");
  expect(autopsy.patch_diff).not.toContain("quote");
  expect(autopsy.proof_reason).not.toContain("removes");
});

test("only those tests of a commit go that fail with its part undone, and the proof names them", async () => {
  const refusing = 'test("no coupon is refused", () => assert.throws(() => totalOf({ items: [] })));';
  const counting =
    'test("an empty cart is free", () => assert.equal(totalOf({ items: [], coupon: { percent: 1 } }), 0));';
  const { project, culprit } = quoted([refusing, counting], [discountTest]);
  const { autopsy, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest });
  expect(outcome, autopsy.proof_reason).toMatchObject({ proof: "green", proposer: "revert-part", runs: 2 });
  expect(autopsy.patch_diff).toContain(`-${refusing}`);
  expect(autopsy.patch_diff).not.toMatch(/^[-+]test\("(?:10 %|an empty)/m);
  expect(autopsy.proof_reason).toMatch(
    /the project's tests that it leaves still pass\. It removes the test 'no coupon is refused' in test\/totals\.test\.js\.$/,
  );
});

test("the tests of a module that goes with what is undone go with it", async () => {
  const { project } = quoted([], [discountTest]);
  project.git("reset", "--quiet", "--soft", "HEAD~1");
  const culprit = project.commit("Read the percent of any coupon, and 10 % off from 200 EUR", {
    "src/totals.js": `import { rateOf } from "./rates.js";\n${totals("rateOf(cart.coupon)")}`,
    "src/rates.js": "export const rateOf = (coupon) => coupon.percent;\n",
    "test/rates.test.js": lines(
      'import assert from "node:assert/strict";',
      'import { test } from "node:test";',
      'import { rateOf } from "../src/rates.js";',
      'test("a rate is read", () => assert.equal(rateOf({ percent: 3 }), 3));',
    ),
  });
  const frames = [
    { file: "/srv/till/src/rates.js", function: "rateOf", line: 1, column: 43, isInApp: true },
    { file: "/srv/till/src/totals.js", function: "totalOf", line: 4, column: 19, isInApp: true },
  ];
  const { autopsy, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest, frames });
  expect(outcome, autopsy.proof_reason).toMatchObject({ proof: "green", proposer: "revert-part", runs: 2 });
  expect(autopsy.patch_diff).toContain("a/test/rates.test.js");
  expect(autopsy.patch_diff).not.toContain("quote");
  expect(autopsy.proof_reason).toContain("It removes the test 'a rate is read' in test/rates.test.js.");
});

test("a whole revert names the tests that it removes", async () => {
  const { project } = till();
  project.git("reset", "--quiet", "--soft", "HEAD~1");
  const own = project.git("show", "HEAD:test/totals.test.js");
  const added = 'test("half off", () => assert.equal(totalOf({ items: [{ cents: 2 }], coupon: { percent: 50 } }), 1));';
  const culprit = project.commit("Read the percent", { "test/totals.test.js": lines(own, added) });
  const { autopsy, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest });
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert" });
  expect(autopsy.proof_reason).toContain("It removes the test 'half off' in test/totals.test.js.");
});

test("a commit about one thing is undone whole, and the proof names what else that takes back", async () => {
  const { project } = till();
  project.git("reset", "--quiet", "--soft", "HEAD~1");
  const culprit = project.commit("Read the percent of any coupon", {
    "src/totals.js": `import { couponPercent } from "./coupons.js";\n${totals("couponPercent(cart.coupon)")}`,
    "src/coupons.js": "export const couponPercent = (coupon) => coupon.percent;\n",
    "docs/coupons.md": "Every coupon has a percent.\n",
  });
  const frames = [{ file: "/srv/till/src/totals.js", function: "totalOf", line: 4, column: 19, isInApp: true }];
  const { autopsy } = await repair(project, { base: culprit, culprit, payload: tillRequest, frames });
  expect(autopsy.proof, autopsy.proof_reason).toBe("green");
  expect(autopsy.patch_diff).toContain("b/src/coupons.js");
  expect(autopsy.proof_reason).toContain(
    "The revert takes back all of that commit, also what it did beside the failing code: docs/coupons.md, src/coupons.js, other code of src/totals.js.",
  );
});

test("without a recorded request a failing input is found by varying what the project's tests call", async () => {
  const { project, culprit } = till();
  const { outcome, autopsy } = await repair(project, { base: culprit, culprit });
  expect(outcome).toMatchObject({ proof: "green", proposer: "revert" });
  expect(autopsy.test_path).toBe("test/regression-totals.test.js");
  expect(autopsy.test_diff).toMatch(/totalOf\(\{ items: \[\{ cents: 200 \}\].*\}\)/);
  expect(autopsy.test_diff).toContain("assert.deepEqual(result, 200)");
});

test("a request that was recorded without its body and does not fail again says what was missing", async () => {
  const { project, culprit } = till();
  const base = project.commit("Have no tests", {
    "package.json": manifest({ scripts: { start: "node src/server.js" } }),
    "test/totals.test.js": null,
  });
  const payload = { context: { method: "POST", path: "/carts/a" } };
  const { outcome } = await repair(project, { base, culprit, payload });
  expect(outcome.proof).toBe("not_run");
  expect(outcome.reason).toContain(
    "POST /carts/a was recorded without its body and does not fail again. Send the body",
  );
});

test("a request that was recorded without its body and fails so without the blamed commit too says how bodies are sent", async () => {
  const { project } = till();
  const server = project.git("show", "HEAD:src/server.js");
  // Whoever sends nothing fails, before the blamed commit as after it.
  const reading = server.replace("  try {", '  try {\n    if (request.method === "POST") JSON.parse("");');
  project.commit("Read what is sent", {
    "src/server.js": `${reading}\n`,
    "package.json": manifest({ scripts: { start: "node src/server.js" } }),
    "test/totals.test.js": null,
  });
  const culprit = project.commit("Name it", { "src/totals.js": `// Totals.\n${totals("cart.coupon.percent")}` });
  const payload = { context: { method: "POST", path: "/carts/b" } };
  const { outcome } = await repair(project, { base: culprit, culprit, payload });
  expect(outcome.proof).toBe("not_run");
  expect(outcome.reason).toMatch(/POST \/carts\/b was recorded without its body; so sent it fails without \w+ as well/);
  expect(outcome.reason).toContain('dataCollection: { httpBodies: ["incomingRequest"] }');
});

test("where the revert conflicts, a guard that gives the old result is proven and called a mitigation", async () => {
  const { project, culprit } = till();
  const rewritten = totals("cart.coupon.percent")
    .replace("total + item.cents", "total + item.cents * (item.count ?? 1)")
    .replace("const percent = cart.coupon.percent", "const percent = cart.coupon.percent * 1");
  const base = project.commit("Count the pieces", { "src/totals.js": rewritten });
  const { outcome, autopsy, incidentId } = await repair(project, { base, culprit, payload: tillRequest });
  expect(outcome).toMatchObject({ proof: "green", proposer: "null-guard", patchKind: "mitigation" });
  expect(autopsy.patch_diff).toContain("+  const percent = (cart.coupon?.percent ?? 0) * 1;");
  appliesAt(project, base, autopsy.patch_diff ?? "");
  const { rows } = await sql<{ proof: string; patch_diff: string }>`
    SELECT proof, patch_diff FROM autopsy_runs WHERE incident_id = ${incidentId} ORDER BY created_at`.execute(
    store.database.db,
  );
  // `?.` alone makes the total NaN: it hides the error and gives the wrong result, so it is red and kept.
  expect(rows.map((row) => row.proof)).toEqual(["red", "green"]);
  expect(rows[0]?.patch_diff).toContain("cart.coupon?.percent * 1");
});

test("where the culprit renamed a property, the line that still reads the old name is mended as a fix", async () => {
  const project = createGitProject();
  const normalize = (name: string) =>
    lines("export function normalize(row) {", `  return { sku: row.sku, ${name}: { width: row.size[0] } };`, "}");
  const present = (extra: string) =>
    lines(
      'import { normalize } from "./normalize.js";',
      "export function present(row) {",
      "  const product = normalize(row);",
      `  return product.size.width + " mm"${extra};`,
      "}",
    );
  const own = lines(
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    'import { normalize } from "../src/normalize.js";',
    'import { present } from "../src/present.js";',
    'test("a product has its number", () => assert.equal(normalize({ sku: "x", size: [3] }).sku, "x"));',
    'test("presenting does not stop", () => { try { present({ sku: "x", size: [3] }); } catch {} });',
  );
  project.commit("Begin", {
    "package.json": manifest(),
    "src/normalize.js": normalize("size"),
    "src/present.js": present(""),
    "test/own.test.js": own,
  });
  const culprit = project.commit("Name the dimensions", { "src/normalize.js": normalize("dimensions") });
  const base = project.commit("Keep the number", {
    "src/normalize.js": normalize("dimensions").replace("sku: row.sku", "sku: String(row.sku)"),
  });
  const { outcome, autopsy } = await repair(project, {
    base,
    culprit,
    errorMessage: "Cannot read properties of undefined (reading 'width')",
    frames: [{ file: "file:///srv/src/present.js", function: "present", line: 4, column: 23, isInApp: true }],
  });
  expect(outcome).toMatchObject({ proof: "green", proposer: "restore-renamed", patchKind: "fix" });
  expect(autopsy.patch_diff).toContain('+  return product.dimensions.width + " mm";');
});

test("a patch that makes the project's tests worse is red, and the stored patch says so first", async () => {
  const { project, culprit } = till();
  const base = project.commit("Rely on the tidy totals", {
    "test/tidy.test.js": lines(
      'import assert from "node:assert/strict";',
      'import { test } from "node:test";',
      'import { totalOf } from "../src/totals.js";',
      'test("a cart without a coupon is refused", () => assert.throws(() => totalOf({ items: [] })));',
    ),
  });
  const { outcome, autopsy, incidentId } = await repair(project, { base, culprit, payload: tillRequest });
  expect(outcome.proof).toBe("red");
  expect(autopsy.proof_reason).toContain("a cart without a coupon is refused");
  const { rows } = await sql<{ patch_diff: string }>`
    SELECT patch_diff FROM autopsy_results WHERE incident_id = ${incidentId}`.execute(store.database.db);
  expect(rows[0]?.patch_diff).toMatch(/^# patch_failed: These tests fail now: .*\ndiff --git /);
});

test("dependencies that can't be installed leave the proof not run, with npm's reason", async () => {
  const { project, culprit } = till({ dependencies: { "culprit-no-such-package": "1.0.0" } });
  const lock = {
    name: "till",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "till", dependencies: { "culprit-no-such-package": "1.0.0" } },
      "node_modules/culprit-no-such-package": { version: "1.0.0" },
    },
  };
  const base = project.commit("Lock", { "package-lock.json": JSON.stringify(lock) });
  const { outcome, autopsy } = await repair(project, { base, culprit, payload: tillRequest });
  expect(outcome).toMatchObject({ proof: "not_run", patchApplies: true });
  expect(autopsy.proof_reason).toMatch(/could not be installed: .*culprit-no-such-package/);
});

test("dependencies are installed once for a lock file, links into the tree included", async () => {
  const { project, culprit } = till({ dependencies: { rounding: "file:lib/rounding" } });
  const lock = {
    name: "till",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "till", dependencies: { rounding: "file:lib/rounding" } },
      "lib/rounding": { name: "rounding", version: "1.0.0" },
      "node_modules/rounding": { resolved: "lib/rounding", link: true },
    },
  };
  const files = {
    "package-lock.json": JSON.stringify(lock),
    "lib/rounding/package.json": JSON.stringify({
      name: "rounding",
      version: "1.0.0",
      type: "module",
      main: "index.js",
    }),
    "lib/rounding/index.js": "export const round = Math.round;\n",
    "src/carts.js": `import { round } from "rounding";\n${carts.replace("cents: 100 }] }", "cents: round(99.6) }] }")}`,
  };
  const base = project.commit("Round", files);
  const { outcome, autopsy } = await repair(project, { base, culprit, payload: tillRequest });
  expect(outcome.proof, outcome.reason).toBe("green");
  expect(autopsy.test_diff).toContain("assert.deepEqual(body.total, 100)");
});

test("without isolation no code of the project runs, unless the project allows it", async () => {
  const { project, culprit } = till();
  const facts = { base: culprit, culprit, payload: tillRequest };
  const refused = await repair(project, facts, { sandbox: async () => ({ reason: "Nothing isolates here." }) });
  expect(refused.outcome).toMatchObject({ proof: "not_run", patchApplies: true, isolation: "none" });
  expect(refused.autopsy.proof_reason).toContain("allowUnisolatedProof");
  expect(refused.autopsy.proof_steps.map(({ name }) => name)).toEqual(["patch passes the gate"]);
  const allowed = await repair(
    project,
    { ...facts, settings: { allowUnisolatedProof: true } },
    { sandbox: async () => ({ reason: "Nothing isolates here." }) },
  );
  expect(allowed.outcome, allowed.outcome.reason).toMatchObject({ proof: "green", isolation: "none" });
});

test("without a repository, a commit or a culprit the answer says what is missing", async () => {
  const { project, culprit } = till();
  const noRepository = await repair(null, { base: culprit, culprit });
  expect(noRepository.outcome).toMatchObject({ proof: "not_run", proposer: "none", patchApplies: null });
  expect(noRepository.outcome.reason).toContain("Register one");
  const noCommit = await repair(project, { base: null, culprit: null });
  expect(noCommit.outcome.reason).toContain("which commit was running");
  const noCulprit = await repair(project, { base: culprit, culprit: null, payload: tillRequest });
  expect(noCulprit.outcome).toMatchObject({ proof: "not_run", proposer: "null-guard", patchKind: "mitigation" });
  expect(noCulprit.outcome.reason).toContain("No commit is blamed");
});

test("where nobody is blamed drafts are tried all the same: one that breaks a test is no answer, and none is called proven", async () => {
  const { project, culprit } = till();
  const change = (from: string, to: string): string =>
    lines(
      ...["--- a/src/totals.js", "+++ b/src/totals.js", "@@ -2,3 +2,3 @@"],
      "   const sum = cart.items.reduce((total, item) => total + item.cents, 0);",
      ...[`-${from}`, `+${to}`, "   return sum - (sum * percent) / 100;"],
    );
  const line = "  const percent = cart.coupon.percent;";
  const proposers: PatchProposer[] = [
    async function* () {
      const draft = { proposer: "model", kind: "fix", explanation: "Drafted." } as const;
      yield { ...draft, diff: change(line, "  const percent = 0;") };
      yield { ...draft, diff: change(line, "  const percent = cart.coupon ? cart.coupon.percent : 0;") };
    },
  ];
  const deps = { ...repairDeps(store.database), proposers };
  const facts = { ...tillFailure, base: culprit, culprit: null, payload: tillRequest };
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, facts);
  const outcome = await repairIncident(deps, { incidentId });
  expect(outcome).toMatchObject({ proof: "not_run", proposer: "model", patchKind: "fix" });
  expect(outcome.reason).toMatch(/No commit is blamed.*no worse with the patch/);
  const { rows } = await sql<{ proposer: string; proof: string; verdict: string }>`
    SELECT DISTINCT r.proposer, r.proof, i.verdict FROM autopsy_runs r JOIN incidents i ON i.id = r.incident_id
    WHERE i.id = ${incidentId} ORDER BY r.proposer, r.proof`.execute(store.database.db);
  expect(rows).toEqual([
    { proposer: "model", proof: "not_run", verdict: "inconclusive" },
    { proposer: "model", proof: "red", verdict: "inconclusive" },
    { proposer: "null-guard", proof: "not_run", verdict: "inconclusive" },
  ]);
  const answer = await loadAutopsy(store.database.db, incidentId);
  expect(answer?.proof_steps.map(({ name }) => name)).toContain("project's tests with the patch");
});

test("whoever watches a repair is told of each step as it begins and as it ends, with what is stored of it", async () => {
  const { project, culprit } = till();
  const deps = repairDeps(store.database);
  const facts = { ...tillFailure, base: culprit, culprit, payload: tillRequest };
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, facts);
  const messages: string[] = [];
  const told: ProofProgress[] = [];
  await repairIncident(deps, { incidentId }, (message, step) => {
    messages.push(message);
    if (step !== undefined) told.push(proofProgressSchema.parse(step));
  });
  expect(messages).toContainEqual(expect.stringMatching(/^regression test fails before the patch: passed, [\d.]+ s$/));
  const stored = (await loadAutopsy(store.database.db, incidentId))?.proof_steps ?? [];
  expect(stored.length).toBeGreaterThan(4);
  for (const step of stored) expect(told).toContainEqual({ attempt: 1, proof_step: step });
  const outcomesOf = (name: string) =>
    told.filter(({ proof_step: one }) => one.name === name).map(({ proof_step: one }) => one.outcome);
  for (const { name, exit_code } of stored)
    if (exit_code !== null) expect(outcomesOf(name), name).toEqual(["running", "passed"]);
  // Nothing that needs the patch begins before the failure is known to happen without it.
  const at = (name: string) => told.findIndex(({ proof_step: one }) => one.name === name);
  expect(at("replay the failing request")).toBeLessThan(at("regression test fails before the patch"));
  expect(at("regression test fails before the patch")).toBeLessThan(at("regression test passes with the patch"));
});

test("a repair that runs again keeps the runs before it and replaces the answer", async () => {
  const { project, culprit } = till();
  const { deps, incidentId, outcome } = await repair(project, { base: culprit, culprit, payload: tillRequest });
  const again = await repairIncident(deps, { incidentId });
  expect(again.runId).not.toBe(outcome.runId);
  const { rows } = await sql<{ revision: number; current: boolean }>`
    SELECT u.revision, r.id IS NOT NULL AS current FROM autopsy_runs u LEFT JOIN autopsy_results r ON r.autopsy_run_id = u.id
    WHERE u.incident_id = ${incidentId} ORDER BY u.revision`.execute(store.database.db);
  expect(rows).toEqual([
    { revision: 1, current: false },
    { revision: 2, current: true },
  ]);
});
