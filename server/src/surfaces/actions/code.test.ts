import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import { createGitProject, type GitProject, lines } from "../../../../test/repair/git-project.ts";
import { newId } from "../../platform/ids/ids.ts";

let bench: ActionBench;
let project: GitProject;
let projectId: string;
let base: string;
beforeAll(async () => {
  bench = await openActionBench();
  project = createGitProject();
  base = project.commit("from bolt.new", {
    "package.json": JSON.stringify({
      name: "till",
      type: "module",
      scripts: { test: "node --test" },
      dependencies: {},
    }),
    "bolt.config.json": "{}",
    ".bolt/prompt": "x",
    "README.md": "Made with https://bolt.new",
    "src/total.js": lines(
      "export function total(items) {",
      "  return items.reduce((sum, item) => sum + item, 0);",
      "}",
    ),
    "test/total.test.js": lines(
      'import assert from "node:assert/strict";',
      'import { test } from "node:test";',
      'import { total } from "../src/total.js";',
      'test("adds", () => assert.equal(total([1, 2]), 3));',
    ),
    "web/package.json": "{}",
    "web/lovable.json": "{}",
  });
  projectId = await bench.newProject(project.folder);
});
afterAll(() => bench.close());

describe("platform_detector", () => {
  it("reads the project's own repository, and a folder of it by itself", async () => {
    const whole = await bench.run("platform_detector", {}, { projectId });
    expect(whole).toMatchObject({ detected_platform: "bolt", confidence_score: 0.58 });
    const folder = await bench.run(
      "platform_detector",
      { repository_url: project.folder, workspace_path: "./web" },
      { projectId },
    );
    expect(folder).toMatchObject({ detected_platform: "lovable" });
  });

  it("a repository of nobody and a folder above it are refused with the way out", async () => {
    await expect(
      bench.run("platform_detector", { repository_url: "https://x.example/y" }, { projectId }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(bench.run("platform_detector", { workspace_path: "../.." }, { projectId })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

describe("check_lockfile_drift", () => {
  it("compares every folder that has both files, at the commit that is named", async () => {
    const drifted = createGitProject();
    const good = JSON.stringify({ lockfileVersion: 3, packages: { "": { dependencies: { a: "1" } } } });
    const first = drifted.commit("one", {
      "package.json": '{"dependencies":{"a":"1"}}',
      "package-lock.json": good,
      "web/package.json": "{}",
      "web/package-lock.json": "broken",
    });
    drifted.commit("two", { "package.json": '{"dependencies":{"a":"2"}}' });
    const id = await bench.newProject(drifted.folder);
    expect(await bench.run("check_lockfile_drift", {}, { projectId: id })).toMatchObject({
      has_drift: true,
      drifts: [{ folder: ".", name: "a", wanted: "2", locked: "1" }],
      unreadable: ["web/package-lock.json"],
      compared_count: 2,
    });
    expect(await bench.run("check_lockfile_drift", { revision: first }, { projectId: id })).toMatchObject({
      has_drift: false,
      commit: first,
    });
  });
});

describe("quality_gates", () => {
  const gates = (input: object) => bench.run("quality_gates", { file_path: "src/total.js", ...input }, { projectId });

  it("a clean change passes with all of the project's tests", async () => {
    const found = await gates({
      commit: base,
      modified_content: lines(
        "export function total(items) {",
        "  let sum = 0;",
        "  for (const item of items) sum += item;",
        "  return sum;",
        "}",
      ),
    });
    expect(found).toMatchObject({ passed: true, errors: [], quality_score: 1 });
    expect(found.test_results).toMatchObject([{ kind: "tests", exit_code: 0 }]);
  });

  it("a change that breaks a test fails and names it", async () => {
    const found = await gates({
      commit: base,
      modified_content: lines("export function total(items) {", "  return items.length;", "}"),
    });
    expect(found).toMatchObject({ passed: false, checks: { tests: { score: 0.5 } } });
    expect(String(found.errors)).toContain("adds");
  });

  it("what does not parse is an error of syntax, whatever its language", async () => {
    expect(await gates({ modified_content: "const a = ;" })).toMatchObject({
      passed: false,
      checks: { syntax: { score: 0 } },
    });
    for (const [file_path, modified_content] of [
      ["a.json", "{"],
      ["a.yml", "a: [1\nb: 2"],
    ])
      expect(await gates({ file_path, modified_content })).toMatchObject({ passed: false });
    expect(await gates({ file_path: "a.unknown", modified_content: "x" })).toMatchObject({
      passed: true,
      checks: { syntax: { score: null } },
    });
  });

  it("real rules find eval, markup set as text, an image without words, an unused import and a secret", async () => {
    const found = await gates({
      file_path: "src/page.tsx",
      modified_content: lines(
        'import { unused } from "y";',
        'const password = "hunter2hunter2";',
        "export function Page({ html }: { html: string }) {",
        "  eval(html);",
        "  document.body.innerHTML = html + password;",
        "  console.log(html);   ",
        '  return <img src="a.png" />;',
        "}",
      ),
    });
    expect(found.passed).toBe(false);
    expect(String(found.errors)).toMatch(/security: Line 4: eval/);
    expect(String(found.errors)).toMatch(/security: It brings what looks like a secret/);
    const warnings = String(found.warnings);
    for (const part of [
      /security: It sets innerHTML/,
      /accessibility: Line 7: .*alt/,
      /dependencies: Line 1: .*unused/,
      /style: Line 6: .*console/,
      /style: Line 6 ends in white space/,
    ])
      expect(warnings).toMatch(part);
  });

  it("a path that leads out of the repository is refused", async () => {
    await expect(gates({ file_path: "../x.js", modified_content: "" })).rejects.toThrow(/inside the repository/);
  });
});

describe("run_script", () => {
  it("reads its input from standard input and gives what it writes", async () => {
    const script =
      'let text = ""; for await (const part of process.stdin) text += part; const { a } = JSON.parse(text); console.error("seen"); console.log(JSON.stringify({ twice: a * 2 }));';
    expect(await bench.run("run_script", { script, input: { a: 21 } })).toMatchObject({
      exit_code: 0,
      output: { twice: 42 },
      stderr: expect.stringContaining("seen"),
    });
    expect(
      await bench.run("run_script", {
        language: "sh",
        script: "cat; exit 3",
        input: "${{ x }} $(id)",
        fail_on_exit_code: false,
      }),
    ).toMatchObject({ exit_code: 3, output: "${{ x }} $(id)" });
  });

  it("has no network, none of this machine's files, and its time ends", async () => {
    const script =
      'import { existsSync, readdirSync } from "node:fs"; const seen = (() => { try { return readdirSync("/root").length; } catch { return 0; } })(); const net = await fetch("http://127.0.0.1:1").then(() => "yes", () => "no"); console.log(JSON.stringify({ seen, net, env: Object.keys(process.env).includes("DATABASE_URL"), git: existsSync("/tree/.git") }));';
    expect((await bench.run("run_script", { script })).output).toEqual({ seen: 0, net: "no", env: false, git: false });
    await expect(bench.run("run_script", { script: "setInterval(() => {}, 1000)", timeout: 1 })).rejects.toThrow(
      /longer than its time limit/,
    );
    await expect(bench.run("run_script", { script: "process.exit(2)" })).rejects.toThrow(/exit code 2/);
  });
});

describe("run_agent", () => {
  it("fails with the remedy where none is set up", async () => {
    await expect(bench.run("run_agent", { prompt: "x", commit: base }, { projectId })).rejects.toThrow(/AGENT_COMMAND/);
  });

  it("says nothing of what its environment holds, in its answer or in its log", async () => {
    const key = "sk-0123456789abcdef";
    const agent = {
      command: ["sh", "-c", 'env; echo "{\\"key\\":\\"$MODEL_KEY\\"}" >&2; read -r code; exit "$code"'],
      network: false,
      env: { MODEL_KEY: key },
    };
    const own = await openActionBench({
      settings: { proof: "off", investigationsPerMinute: 1, agent },
      database: bench.test.database,
      openRepository: bench.services.openRepository,
    });
    const ask = (prompt: string) => own.run("run_agent", { prompt, commit: base }, { projectId });
    const { output } = await ask("0\n");
    expect(output).toContain("MODEL_KEY=***\n");
    expect(output).not.toContain(key);
    const failure = await ask("3\n").catch(String);
    expect(failure).toContain('exit code 3: {"key":"***"}');
    await own.close();
  });

  it("sees a copy of the tree and its prompt, and changes nothing", async () => {
    const agent = {
      command: [
        "sh",
        "-c",
        'read -r line; echo "$line"; cat src/total.js | head -1; echo x > src/total.js; echo "$MODEL_KEY"',
      ],
      network: false,
      env: { MODEL_KEY: "k" },
    };
    const own = await openActionBench({
      settings: { proof: "off", investigationsPerMinute: 1, agent },
      database: bench.test.database,
      openRepository: bench.services.openRepository,
    });
    const found = await own.run("run_agent", { prompt: 'say "$(id)"\nmore', commit: base }, { projectId });
    expect(found.output).toBe('say "$(id)"\nexport function total(items) {\nk\n');
    expect(execFileSync("git", ["-C", project.folder, "status", "--porcelain"], { encoding: "utf8" })).toBe("");
    await own.close();
  });
});

describe("http_request", () => {
  let server: Server;
  let url: string;
  let asked: { method: string | undefined; headers: IncomingMessage["headers"]; body: string }[] = [];
  let status = 200;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      asked.push({ method: request.method, headers: request.headers, body });
      response.writeHead(status, { "content-type": "application/json", "set-cookie": "a=b" }).end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=s3cret`;
  });
  afterAll(() => void server.close());
  const call = (input: object, executionId = newId()) => {
    asked = [];
    bench.effects.length = 0;
    return bench.run("http_request", { url, ...input }, { executionId });
  };

  it("a GET is no effect, its answer is read as JSON, its cookies are left out", async () => {
    status = 200;
    const found = await call({});
    expect(found).toMatchObject({ status: 200, json: { ok: true } });
    expect(found.headers).not.toHaveProperty("set-cookie");
    expect(bench.effects).toEqual([]);
  });

  it("POST is made at most once, PUT may be repeated, and a key in a header makes POST so too", async () => {
    await call({ method: "POST", body: { a: 1 } });
    expect(bench.effects[0]?.effect.repeat).toBe("atMostOnce");
    expect(asked[0]).toMatchObject({
      method: "POST",
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });
    await call({ method: "PUT", body: "x" });
    expect(bench.effects[0]?.effect.repeat).toBe("idempotent");
    await call({ method: "POST", body: "x", idempotency_key_header: "Idempotency-Key" });
    expect(bench.effects[0]?.effect.repeat).toBe("idempotent");
    expect(asked[0]?.headers["idempotency-key"]).toMatch(/:step:request$/);
  });

  it("stores the host of an address and nothing else of it, nor the values of headers", async () => {
    const address = `${url.replace("/hook", "/services/T0KEN/s3cret")}#s3cret`;
    await call({ url: address, method: "POST", headers: { authorization: "Bearer s3cret" } });
    const { recipient, request } = bench.effects[0]?.effect ?? {};
    const origin = new URL(url).origin;
    expect({ recipient, request }).toEqual({
      recipient: origin,
      request: { method: "POST", url: origin, headers: ["authorization"], body: null },
    });
  });

  it("an unexpected status says whether another try can help; a fault half way through a POST stays open", async () => {
    status = 422;
    await expect(call({ method: "POST" })).rejects.toMatchObject({ name: "EffectRefused", isWorthRetrying: false });
    status = 503;
    await expect(call({ method: "POST" })).rejects.toMatchObject({ name: "EffectRefused", isWorthRetrying: true });
    status = 502;
    await expect(call({ method: "POST" })).rejects.toMatchObject({ name: "HttpUncertain" });
    await expect(call({ method: "PUT" })).rejects.toMatchObject({ name: "EffectRefused", isWorthRetrying: true });
    expect(await call({ method: "POST", expected_status: [502] })).toMatchObject({ status: 502 });
  });

  it("an address of a private network that is not allowed is never called", async () => {
    await expect(call({ url: "http://10.0.0.1/", method: "POST" })).rejects.toMatchObject({
      name: "EffectRefused",
      isWorthRetrying: false,
    });
  });
});

describe("review_pr_against_incidents", () => {
  it("finds the incident whose failing line a diff changes, with its culprit and evidence", async () => {
    const culprit = project.commit("percent", { "src/percent.js": "export const percent = (x) => x.a.b;\n" });
    await bench.services.git.fetch((await repositoryOf(projectId)) as { id: string; url: string });
    const evidence = newId();
    const incident = newId();
    await sql`INSERT INTO incidents (id, incident_id, project_id, source, severity, title, error_message, frames, environment, occurred_at,
        window_start, window_end, verdict, culprit_commit)
      VALUES (${incident}, ${`inc_${incident}`}, ${projectId}, 'sentry', 'critical', 'TypeError: @all b of undefined', 'x',
        ${JSON.stringify([{ file: "/srv/app/src/total.js", function: "total", line: 2, column: 1, isInApp: true }])}::jsonb, 'production', now(), now(), now(),
        'confirmed', ${culprit})`.execute(bench.test.database.db);
    await sql`INSERT INTO evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref)
      VALUES (${evidence}, ${projectId}, ${incident}, 'git_diff', 'git', ${culprit})`.execute(bench.test.database.db);
    await sql`INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, rank, hypothesis_type, title, confidence, evidence_ids)
      VALUES (${newId()}, ${projectId}, ${incident}, 1, 'release', 'c', 0.9, ARRAY[${evidence}]::uuid[])`.execute(
      bench.test.database.db,
    );
    const repository = bench.github.addRepository("acme", "till", {
      "src/total.js": lines(
        "export function total(items) {",
        "  return items.reduce((sum, item) => sum + item, 0);",
        "}",
      ),
    });
    repository.commit(
      "change",
      { "src/total.js": lines("export function total(items) {", "  return 1;", "}"), "src/percent.js": "x\n" },
      { message: "x" },
    );
    repository.openPullRequest({ title: "x", head: "change" });
    const found = await bench.run(
      "review_pr_against_incidents",
      { repository: "acme/till", pull_request_number: 1 },
      { projectId },
    );
    expect(found).toMatchObject({ touches_incidents: true, compared_count: 1 });
    expect(found.incidents).toMatchObject([
      { is_confirmed: true, culprit_commit: culprit, evidence_ids: [expect.stringMatching(/^evd_/)] },
    ]);
    expect(String(found.markdown)).toMatch(/src\/total\.js:2/);
    expect(String(found.markdown)).not.toContain("@all");
    expect(JSON.stringify(found.incidents)).toContain("which caused it");
  });
});

async function repositoryOf(id: string) {
  return bench.test.database.db
    .selectFrom("repositories")
    .select(["id", "url"])
    .where("project_id", "=", id)
    .executeTakeFirst();
}
