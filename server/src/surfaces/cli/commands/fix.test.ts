import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createGitProject, type GitProject, lines } from "../../../../../test/repair/git-project.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { createProject } from "../../../domains/access/index.ts";
import { prepareSignal, storeSignals } from "../../../domains/incident/index.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { openLocalCheckout } from "../../../vendors/git/index.ts";
import { incidentDetail } from "../../http/incident-detail.ts";
import { fix } from "./fix.ts";

const patch = `--- a/src/cart.js
+++ b/src/cart.js
@@ -1,5 +1,5 @@
 // the cart
 function total(cart) {
-  return cart.items.length;
+  return cart?.items.length ?? 0;
 }
 module.exports = { total };
`;
const testDiff = "--- /dev/null\n+++ b/test/cart.test.js\n@@ -0,0 +1 @@\n+require('../src/cart.js').total(null);\n";

let own: TestDatabase;
let project: GitProject;
let base: string;
let incident: string;
let key: string;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());
beforeEach(async () => {
  project = createGitProject();
  base = project.commit("cart", {
    "src/cart.js": lines(
      "// the cart",
      "function total(cart) {",
      "  return cart.items.length;",
      "}",
      "module.exports = { total };",
    ),
    "README.md": "shop\n",
  });
  const { id: projectId } = await createProject(own.database.db, { name: newId() });
  const item = prepareSignal(projectId, plainSignal({ title: "no cart" }), new Date());
  const { stored } = await own.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
  key = stored[0]?.incidentId ?? "";
  incident = toPublicId("inc", key);
  await storePatch(projectId, "green");
  return () => rmSync(project.folder, { recursive: true, force: true });
});

async function storePatch(projectId: string, proof: string) {
  const run = newId();
  await own.database.pool.query(
    `insert into autopsy_runs (id, project_id, incident_id, revision, proposer, patch_kind, base_commit, patch_diff, patch_applies, test_path, test_diff,
       proof, proof_reason, duration_ms) values ($1, $2, $3, 1, 'null-guard', 'mitigation', $4, $5, true, 'test/cart.test.js', $6, $7, 'It is so.', 10)`,
    [run, projectId, key, base, patch, testDiff, proof],
  );
  await own.database.pool.query(
    `insert into autopsy_results (project_id, incident_id, root_cause, patch_diff, ai_fix_prompt, manual_steps, autopsy_run_id)
     values ($1, $2, 'no cart', $3, 'mend', '[]', $4)`,
    [projectId, key, patch, run],
  );
}

const run = (flags: Record<string, string | boolean> = {}, folder = project.folder) =>
  runCommand(fix, {
    words: [incident],
    flags: { repo: folder, ...flags },
    openDatabase: async () => own.database,
    openCheckout: (at) => openLocalCheckout(at, process.env),
    settings: { apiKey: "culprit_api_test" },
  });
const fileOf = (path: string) => readFileSync(join(project.folder, path), "utf8");

test("without --apply the patch, its proof and the checkout's standing are shown, and nothing is changed", async () => {
  const { code, printed } = await run();
  expect(code).toBe(0);
  expect(printed.join("\n")).toContain("mitigation by null-guard");
  expect(printed).toContain(`checkout  at ${base.slice(0, 12)}, the commit that failed`);
  expect(printed).toContain("+  return cart?.items.length ?? 0;");
  expect(printed.at(-1)).toContain("--apply");
  expect(project.git("status", "--porcelain")).toBe("");
});

test("--apply changes the files and writes the regression test, also from a folder below and where the files moved on", async () => {
  project.commit("later", {
    "src/cart.js": lines(
      "// new head",
      "// the cart",
      "function total(cart) {",
      "  return cart.items.length;",
      "}",
      "module.exports = { total };",
    ),
  });
  const { code, printed } = await run({ apply: true }, join(project.folder, "src"));
  expect(code).toBe(0);
  expect(fileOf("src/cart.js")).toContain(
    "// new head\n// the cart\nfunction total(cart) {\n  return cart?.items.length ?? 0;",
  );
  expect(fileOf("test/cart.test.js")).toBe("require('../src/cart.js').total(null);\n");
  expect(printed).toContain("Wrote the regression test test/cart.test.js.");
  expect(printed.join("\n")).toContain("changed since: src/cart.js");
});

test("files with work that is in no commit are left alone, with the command that puts them aside; other files may be dirty", async () => {
  writeFileSync(join(project.folder, "README.md"), "mine\n");
  writeFileSync(join(project.folder, "src/cart.js"), `${fileOf("src/cart.js")}// mine\n`);
  await expect(run({ apply: true })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(
      /nothing was touched: src\/cart\.js\. .*git stash push --include-untracked -- "src\/cart.js"/,
    ),
  });
  expect(fileOf("src/cart.js")).toContain("cart.items.length;");
  project.git("checkout", "--", "src/cart.js");
  expect((await run({ apply: true })).code).toBe(0);
  expect(fileOf("README.md")).toBe("mine\n");
});

test("a regression test that somebody has begun, ignored or not, is not written over", async () => {
  const target = join(project.folder, "test/cart.test.js");
  project.commit("ignored", { ".gitignore": "test/\n", "test/other.js": "1\n" });
  writeFileSync(target, "mine");
  await expect(run({ apply: true })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(readFileSync(target, "utf8")).toBe("mine");
});

test("where the same lines were changed since, both stand in the file as after a merge, and the exit code says so", async () => {
  project.commit("later", { "src/cart.js": fileOf("src/cart.js").replace("cart.items.length", "cart.entries.length") });
  const { code, printed } = await run({ apply: true });
  expect(code).toBe(1);
  expect(printed.at(-1)).toContain("conflicts in src/cart.js");
  expect(fileOf("src/cart.js")).toMatch(
    /<<<<<<< [\s\S]*cart\.entries\.length[\s\S]*cart\?\.items\.length \?\? 0[\s\S]*>>>>>>> /,
  );
});

test("another repository is told apart by its commits, and a folder without one is refused with the way out", async () => {
  const other = createGitProject();
  other.commit("other", { "a.txt": "1\n" });
  await expect(run({}, other.folder)).rejects.toMatchObject({ message: expect.stringContaining("git fetch --all") });
  rmSync(other.folder, { recursive: true });
  const bare = mkdtempSync(join(tmpdir(), "culprit-none-"));
  await expect(run({}, bare)).rejects.toMatchObject({ message: expect.stringContaining("--repo FOLDER") });
  rmSync(bare, { recursive: true });
});

test("a patch that is not proven is applied only when that is said", async () => {
  await own.database.pool.query("update autopsy_runs set proof = 'red' where incident_id = $1", [key]);
  await expect(run({ apply: true })).rejects.toMatchObject({ message: expect.stringContaining("--unproven") });
  expect(project.git("status", "--porcelain")).toBe("");
  expect((await run({ apply: true, unproven: true })).code).toBe(0);
});

test("a patch of an earlier conclusion is applied only when that is said", async () => {
  await own.database.pool.query(
    "update autopsy_runs set created_at = now() - interval '1 hour' where incident_id = $1",
    [key],
  );
  const report = async (revision: number, verdict: string, ago: string) =>
    own.database.pool.query(
      `insert into incident_reports (report_id, project_id, incident_id, revision, created_at, verdict, summary, report_markdown, evidence_ids)
       select gen_random_uuid(), project_id, id, $2, now() - $4::interval, $3, '', '', '{}' from incidents where id = $1`,
      [key, revision, verdict, ago],
    );
  await report(1, "likely", "2 hours");
  await report(2, "confirmed", "1 minute");
  await expect(run({ apply: true })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/Of an earlier conclusion: revision 2.*--outdated/),
  });
  expect(project.git("status", "--porcelain")).toBe("");
  expect((await run({ apply: true, outdated: true })).code).toBe(0);
});

test("a patch that does not fit any more changes nothing and says where it was made", async () => {
  project.commit("gone", { "src/cart.js": null });
  expect((await run()).code).toBe(1);
  await expect(run({ apply: true })).rejects.toMatchObject({ message: expect.stringContaining("git switch --detach") });
  expect(project.git("status", "--porcelain")).toBe("");
});

test("the incident comes from a server too, by an API key; a wrong key, a wrong id and a stranger are told apart", async () => {
  const detail = await incidentDetail({ database: own.database }, key, null);
  const answers: Record<string, [number, unknown]> = { culprit_api_test: [200, detail] };
  const server = createServer((request, reply) => {
    const [status, body] = answers[(request.headers.authorization ?? "").slice(7)] ?? [401, {}];
    reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { code, printed } = await run({ server: url, json: true });
    expect(code).toBe(0);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({
      incident,
      proof: "green",
      standing: "same",
      files: ["src/cart.js"],
      applies: true,
    });
    answers.culprit_api_test = [200, { hello: "I am something else" }];
    await expect(run({ server: url })).rejects.toMatchObject({ message: expect.stringContaining("no incident") });
    answers.culprit_api_test = [404, {}];
    await expect(run({ server: url })).rejects.toMatchObject({ code: "NOT_FOUND" });
    answers.culprit_api_test = [401, {}];
    await expect(run({ server: url })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await expect(run({ server: "culprit.example" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  } finally {
    server.close();
  }
});
