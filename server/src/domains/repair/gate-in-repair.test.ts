import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { lines } from "../../../../test/repair/git-project.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { manifest, till, tillFailure, tillRequest, totals } from "../../../../test/repair/till-project.ts";
import { draftByAgent } from "./draft-by-agent.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import type { PatchProposer } from "./propose-patches.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

/** A stand-in for a tool that the project keeps in its own repository, as a script. */
const tool = (name: string, program: string, source: string) => ({
  "package.json": manifest({ devDependencies: { [name]: "1.0.0" } }),
  [`node_modules/.bin/${program}`]: `#!/usr/bin/env node\n${source}`,
});

async function repair(files: Readonly<Record<string, string>>, proposers: readonly PatchProposer[], settings = {}) {
  const { project, culprit } = till();
  const rewritten = totals("cart.coupon.percent * 1").replace(
    "total + item.cents",
    "total + item.cents * (item.count ?? 1)",
  );
  project.commit("Go on", { "src/totals.js": rewritten, ...files });
  const programs = Object.keys(files).filter((path) => path.startsWith("node_modules/.bin/"));
  if (programs.length > 0) {
    project.git("update-index", "--chmod=+x", ...programs);
    project.git("commit", "--quiet", "--message", "Make them programs");
  }
  const base = project.git("rev-parse", "HEAD");
  const deps = repairDeps(store.database);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
    ...tillFailure,
    base,
    culprit,
    payload: tillRequest,
    settings,
  });
  await repairIncident({ ...deps, proposers }, { incidentId });
  const stored = await loadAutopsy(store.database.db, incidentId);
  if (stored === null) throw new Error("Nothing was stored.");
  return { ...stored, incidentId };
}

test("a patch is laid out by the project's formatter before it is proven, and what is proven is stored", async () => {
  // Leaves the files as they were, and takes the spaces out of what only the patch has.
  const source =
    'let text = ""; process.stdin.on("data", (part) => { text += part; }).on("end", () => process.stdout.write(text.replaceAll(") * 1;", ")*1;")));';
  const stored = await repair(tool("prettier", "prettier", source), []);
  expect(stored.proof, stored.proof_reason).toBe("green");
  expect(stored.patch_diff).toContain("+  const percent = (cart.coupon?.percent ?? 0)*1;");
  expect(stored.proof_steps.find(({ name }) => name === "format with the project's formatter")).toMatchObject({
    command: "prettier",
    outcome: "passed",
    log: "src/totals.js: formatted.",
  });
});

test("the regression test is laid out by the project's formatter too, and it is that text which is proven and stored", async () => {
  const source =
    'let text = ""; process.stdin.on("data", (part) => { text += part; }).on("end", () => process.stdout.write(text.replaceAll(/^(import .*);$/gm, "$1")));';
  const stored = await repair(tool("prettier", "prettier", source), []);
  expect(stored.proof, stored.proof_reason).toBe("green");
  expect(stored.test_diff).toMatch(/^\+import .*"$/m);
  expect(stored.test_diff).not.toMatch(/^\+import .*;$/m);
  expect(stored.proof_steps.find(({ name }) => name.startsWith("format the test"))).toMatchObject({
    command: "prettier",
    outcome: "passed",
    log: `${stored.test_path}: formatted.`,
  });
});

test("a patch with which the type check is worse is red, and the check is a step with its log", async () => {
  const source =
    'const text = require("fs").readFileSync("src/totals.js", "utf8"); if (text.includes("?.")) { console.log("src/totals.js(3,1): error TS9999: no such operator"); process.exit(2); }';
  const stored = await repair({ ...tool("typescript", "tsc", source), "tsconfig.json": "{}" }, []);
  expect(stored.proof).toBe("red");
  const { rows } = await sql<{ proof_reason: string; proof_steps: readonly { name: string }[] }>`
    SELECT proof_reason, proof_steps FROM autopsy_runs WHERE incident_id = ${stored.incidentId}`.execute(
    store.database.db,
  );
  const [worse] = rows.filter(({ proof_reason }) => proof_reason.includes("type check"));
  expect(worse?.proof_reason).toBe(
    "The type check is worse with the patch: src/totals.js(3,1): error TS9999: no such operator",
  );
  const step = worse?.proof_steps.find(({ name }) => name === "type check no worse with the patch");
  expect(step).toMatchObject({ outcome: "failed", exit_code: 2, log: expect.stringContaining("TS9999") });
});

test("what an agent says goes through the same gate and the same proof, where the project lets it be asked", async () => {
  const right = lines(
    "I fixed it:",
    "```diff",
    "--- a/totals.js",
    "+++ b/totals.js",
    "@@ -9,2 +9,2 @@",
    "-  const percent = cart.coupon.percent * 1;",
    '+  const percent = cart["coupon"] ? cart.coupon.percent * 1 : 0;',
    "```",
  );
  const agent = { command: ["node", "-e", `process.stdout.write(${JSON.stringify(right)})`], network: false, env: {} };
  // Rules are asked first: with no guard that helps, because the tests forbid each of them.
  const forbidden = lines(
    'import assert from "node:assert/strict";',
    'import { readFileSync } from "node:fs";',
    'import { test } from "node:test";',
    'test("no optional chaining", () => assert.ok(!readFileSync("src/totals.js", "utf8").includes("?.")));',
  );
  const files = { "test/style.test.js": forbidden };
  const stored = await repair(files, [draftByAgent(agent)], { draftWithAgent: true });
  expect(stored).toMatchObject({ proof: "green", proposer: "agent", patch_kind: "fix" });
  expect(stored.proof_steps[0]).toMatchObject({
    name: "patch passes the gate",
    log: expect.stringContaining("mended before"),
  });
  const notAsked = await repair(files, [draftByAgent(agent)]);
  expect(notAsked.proof).toBe("red");
});
