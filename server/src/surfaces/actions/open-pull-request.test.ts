import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import type { FakeRepository } from "../../../../test/fakes/github/repository.ts";
import {
  type BrokenProject,
  broken,
  createBrokenProject,
  seedProven,
  sound,
} from "../../../../test/repair/proven-incident.ts";
import type { PullRequestForge } from "../../domains/integration/index.ts";
import { loadAutopsy, loadPullRequests, watchBaseBranch } from "../../domains/repair/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { giteaPullRequests } from "../../vendors/gitea/pull-request-forge.ts";
import { githubPullRequests } from "../../vendors/github/pull-request-forge.ts";

let bench: ActionBench;
let broke: BrokenProject;
let repository: FakeRepository;
let projectId: string;
let count = 0;

beforeAll(async () => {
  bench = await openActionBench();
});
afterAll(async () => {
  await bench.close();
});
beforeEach(async () => {
  count += 1;
  bench.effects.length = 0;
  bench.clock.now = new Date();
  await fresh();
});
afterEach(() => {
  expect(bench.github.faults).toEqual([]);
});

async function fresh(files: Readonly<Record<string, string>> = {}): Promise<void> {
  broke = createBrokenProject(files);
  repository = bench.github.addGitRepository("acme", "shop", broke.bare);
  projectId = await bench.newProject(broke.project.folder);
}
const seed = (facts: Partial<Parameters<typeof seedProven>[2]> = {}) =>
  seedProven(bench.test.database.db, broke, { projectId, ...facts });
const open = (incidentId: string, input: object = { asked_by: "ada" }, facts: object = {}) =>
  bench.run("open_pull_request", input, { projectId, incidentId, executionId: `${count}`, ...facts });
const stored = (incidentId: string) => loadPullRequests(bench.test.database.db, incidentId);
const inBare = (...args: string[]) =>
  execFileSync("git", ["--git-dir", broke.bare, ...args], { encoding: "utf8" }).trim();
const statusOf = async (id: string) =>
  bench.test.database.db
    .selectFrom("incidents")
    .select(["status", "pr_url", "pr_number"])
    .where("id", "=", id)
    .executeTakeFirst();
const pulls = () => [...repository.issues.values()].filter(({ pull }) => pull !== null);

test("asked for, the patch and its test are pushed to a branch by real git, and the pull request says why", async () => {
  const incidentId = await seed();
  const result = await open(incidentId);
  const incident = toPublicId("inc", incidentId);
  const branch = `culprit/${incident.replace("_", "-")}`;
  expect(result).toMatchObject({ outcome: "opened", number: 1, branch, commit: inBare("rev-parse", branch) });
  expect(inBare("show", `${branch}:src/total.js`)).toBe(sound.trim());
  expect(inBare("diff", "--name-only", "main", branch).split("\n")).toEqual([
    "src/total.js",
    "test/regression.test.js",
  ]);
  expect(inBare("show", "-s", "--format=%an %(trailers:key=Incident,valueonly)", branch)).toBe(`culprit ${incident}`);
  const [pull] = pulls();
  expect(pull?.title).toBe('Revert "Read the cart\'s lines"');
  expect(pull?.body).toMatch(
    /takes a change back[\s\S]*## Root cause[\s\S]*### Evidence[\s\S]*\[evidence\]\(https:\/\/culprit\.example\/incidents\/inc_\w+#evd_\w+\)[\s\S]*## Proof[\s\S]*node --test x\\\|y[\s\S]*## By hand[\s\S]*Mend it\./,
  );
  expect(pull?.body).not.toMatch(/@here|<cart>/);
  expect([...(pull?.labels ?? [])]).toEqual(["culprit"]);
  expect(await statusOf(incidentId)).toEqual({ status: "pr_created", pr_url: result.url, pr_number: 1 });
  expect(await stored(incidentId)).toMatchObject({
    items: [{ number: 1, state: "open", is_own: true, branch, commit: result.commit }],
    last_decision: { outcome: "opened", asked_by: "ada", url: result.url },
    blocked: "acme/shop#1 is open for it.",
  });
});

test("a patch of an earlier conclusion says so in the same words on every side, and is left to people", async () => {
  const incidentId = await seed({ settings: { mode: "auto" } });
  const { db } = bench.test.database;
  const conclude = async (revision: number, title: string, at: Date) => {
    await sql`INSERT INTO incident_reports (report_id, project_id, incident_id, revision, created_at, verdict, summary, report_markdown, evidence_ids)
      VALUES (gen_random_uuid(), ${projectId}, ${incidentId}, ${revision}, ${at}, 'confirmed', ${title}, '', '{}')`.execute(
      db,
    );
    await sql`INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, revision, rank, hypothesis_type, title, confidence, evidence_ids)
      VALUES (gen_random_uuid(), ${projectId}, ${incidentId}, ${revision}, 1, 'infra', ${title}, 0.9, '{}')`.execute(
      db,
    );
  };
  await conclude(2, "The commit", new Date(Date.now() - 3_600_000));
  expect(await loadAutopsy(db, incidentId)).toMatchObject({ outdated_by: null, outdated_reason: null });
  await conclude(3, "A person says: the disk was full", new Date(Date.now() + 1000));
  const words = "Of an earlier conclusion: revision 3 of the report says otherwise. “Investigate again” renews it.";
  expect(await loadAutopsy(db, incidentId)).toMatchObject({ outdated_by: 3, outdated_reason: words });
  expect(await stored(incidentId)).toMatchObject({ blocked: null, outdated_reason: words });
  expect(await open(incidentId, {})).toMatchObject({
    outcome: "left_to_people",
    reason: `${words} A person may open it.`,
  });
  expect(await open(incidentId)).toMatchObject({ outcome: "opened" });
  expect(pulls()[0]?.body).toContain(words);
});

test("of a revert that takes back only a part the title and the body say so", async () => {
  await open(await seed({ run: { proposer: "revert-part" } }));
  const [pull] = pulls();
  expect(pull?.title).toBe('Revert part of "Read the cart\'s lines"');
  expect(pull?.body).toContain("It undoes what fails of the change that is blamed; what else that change did stays.");
});

test("there are never two for one failure, whatever dies between", async () => {
  const incidentId = await seed();
  await expect(open(incidentId, undefined, { diesAfter: "branch" })).rejects.toThrow("the process died");
  await expect(open(incidentId, undefined, { diesAfter: "pull_request" })).rejects.toThrow("the process died");
  // Another execution knows nothing of what the first one sent.
  expect(await open(incidentId, undefined, { executionId: "another" })).toMatchObject({ outcome: "opened", number: 1 });
  expect(await open(incidentId, undefined, { executionId: "third" })).toMatchObject({
    outcome: "already_open",
    number: 1,
  });
  expect(pulls()).toHaveLength(1);
  expect(inBare("for-each-ref", "--format=%(refname)", "refs/heads/culprit").split("\n")).toHaveLength(1);
});

test("two incidents of one failure that are repaired at the same moment open one pull request, whose merge resolves both", async () => {
  const incidents = [await seed(), await seed(), await seed()];
  const at = (id: string) => open(id, undefined, { executionId: id });
  const results = await Promise.all(incidents.map(at));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(["already_open", "already_open", "opened"]);
  expect(results.map(({ number }) => number)).toEqual([1, 1, 1]);
  expect(pulls()).toHaveLength(1);
  expect(inBare("for-each-ref", "--format=%(refname)", "refs/heads/culprit").split("\n")).toHaveLength(1);
  const left = await bench.test.database.db.selectFrom("pull_request_claims").selectAll().execute();
  expect(left).toEqual([]);
  repository.mergePullRequest(1);
  await bench.run(
    "follow_pull_requests",
    {},
    { projectId, event: { repository: "acme/shop", head_branch: results[0]?.branch } },
  );
  for (const id of incidents) expect(await statusOf(id)).toMatchObject({ status: "resolved", pr_number: 1 });
});

test("who died while opening one is not waited for by its own incident, and other failures never wait", async () => {
  const [died, other] = [await seed(), await seed({ run: { patch_kind: "fix" } })];
  const { db } = bench.test.database;
  const held = { project_id: projectId, repository: "acme/shop", incident_id: died, holder: died };
  await db
    .insertInto("pull_request_claims")
    .values([
      { ...held, failure_key: `culprit:${broke.culprit}` },
      { ...held, failure_key: "patch:of-another", incident_id: other, holder: other },
    ])
    .execute();
  expect(await open(died)).toMatchObject({ outcome: "opened", number: 1 });
});

test("what was merged into another incident leaves the pull request to that one", async () => {
  const { moveIncident } = await import("../../domains/incident/index.ts");
  const [part, whole] = [await seed(), await seed()];
  const details = { merged_into: `inc_${whole}` };
  await moveIncident(bench.test.database.db, { incidentId: part, to: "resolved", reason: "It is the same.", details });
  expect(await open(part)).toMatchObject({
    outcome: "part_of_another",
    reason: expect.stringContaining(`inc_${whole}`),
  });
  expect(pulls()).toHaveLength(0);
});

test("by itself it opens one only in the mode auto and within the limits, and says which one it is", async () => {
  const of = async (facts: Partial<Parameters<typeof seedProven>[2]>) =>
    open(await seed(facts), {}, { executionId: `${Math.random()}` });
  expect(await of({})).toMatchObject({ outcome: "left_to_people" });
  expect(await of({ settings: { mode: "suggest" } })).toMatchObject({ outcome: "suggested" });
  const auto = { mode: "auto", min_events: 3, min_confidence: 0.8, daily_max: 1 };
  expect(await of({ settings: auto, occurrences: 2 })).toMatchObject({
    outcome: "below_threshold",
    reason: expect.stringContaining("seen 2 times"),
  });
  expect(await of({ settings: auto, confidence: 0.5 })).toMatchObject({
    outcome: "below_threshold",
    reason: expect.stringContaining("0.50"),
  });
  expect(await of({ settings: auto, run: { patch_kind: "mitigation" } })).toMatchObject({
    outcome: "below_threshold",
    reason: expect.stringContaining("mitigation"),
  });
  expect(await of({ settings: auto, run: { proof: "red" } })).toMatchObject({ outcome: "not_proven" });
  expect(pulls()).toHaveLength(0);
  expect(await of({ settings: auto })).toMatchObject({ outcome: "opened" });
  expect(await of({ settings: auto })).toMatchObject({ outcome: "daily_cap" });
});

test("without a proof an issue is opened where the project wants that, once", async () => {
  const incidentId = await seed({
    settings: { issue_without_proof: true },
    run: { proof: "not_run", proof_reason: "Nothing isolates." },
  });
  const first = await open(incidentId);
  expect(first).toMatchObject({ outcome: "issue_opened", reason: expect.stringContaining("acme/shop#1") });
  await open(incidentId, undefined, { executionId: "again" });
  expect([...repository.issues.values()].map(({ title }) => title)).toEqual(["TypeError: no lines in @here <cart>"]);
});

test("the patch is carried to the tip of the base branch; where it conflicts there, that is said and nothing is pushed", async () => {
  const incidentId = await seed();
  broke.project.commit("Elsewhere", { "src/other.js": "export const other = 2;\n" });
  broke.publish();
  const { branch } = await open(incidentId);
  expect(inBare("rev-parse", `${branch}^`)).toBe(inBare("rev-parse", "main"));
  expect(pulls()[0]?.body).toContain("has 1 commit since");
  expect(pulls()[0]?.body).toMatch(
    /It was proven again there, on [0-9a-f]{12}: The regression test fails before and passes/,
  );

  await fresh();
  const other = await seed();
  broke.project.commit("Beside it", { "src/total.js": broken.replace("item.price", "item.price * item.count") });
  broke.publish();
  expect(await open(other)).toMatchObject({
    outcome: "does_not_apply",
    reason: expect.stringContaining("src/total.js"),
  });
  expect(inBare("for-each-ref", "refs/heads/culprit")).toBe("");
});

test("where the base branch moved on, a patch that is not proven there is opened only where the project allows it, and the reason is kept", async () => {
  await fresh({ "package.json": '{"type":"module","scripts":{"test":"node --test test/check.test.js"}}\n' });
  const incidentId = await seed();
  const check = 'if (!readFileSync("src/total.js", "utf8").includes("lines")) throw new Error("no lines");';
  broke.project.commit("Test that lines are read", {
    "test/check.test.js": `import { readFileSync } from "node:fs";\n${check}\n`,
  });
  broke.publish();
  expect(await open(incidentId)).toMatchObject({
    outcome: "not_proven_on_base",
    reason: expect.stringMatching(/proven on [0-9a-f]{12}, which is deployed, and not on main at [0-9a-f]{12}: /),
  });
  expect(inBare("for-each-ref", "refs/heads/culprit")).toBe("");
  const { db } = bench.test.database;
  const kept = await db
    .selectFrom("pull_request_decisions")
    .select("details")
    .where("incident_id", "=", incidentId)
    .executeTakeFirst();
  expect(kept?.details).toMatchObject({ base_proof: { commit: inBare("rev-parse", "main"), outcome: "red" } });
  const settings = JSON.stringify({ pullRequests: { allow_unproven_base: true } });
  await db.updateTable("projects").set({ settings }).where("id", "=", projectId).execute();
  expect(await open(incidentId, undefined, { executionId: "allowed" })).toMatchObject({ outcome: "opened" });
  expect(pulls()[0]?.body).toContain("**It is not proven there**");
});

test("what passes on the base branch without the patch is said to be mended there, and tests that fail there already are told", async () => {
  const mended = await seed();
  broke.project.commit("Lines for everything", {
    "src/total.js": `Object.prototype.lines = { all: [] };\n\n${broken}`,
  });
  broke.publish();
  expect(await open(mended)).toMatchObject({
    outcome: "not_proven_on_base",
    reason: expect.stringContaining("without the patch: it passes there"),
  });

  await fresh({ "package.json": '{"type":"module","scripts":{"test":"node --test test/check.test.js"}}\n' });
  const red = await seed();
  broke.project.commit("Break a test", { "test/check.test.js": 'throw new Error("red before");\n' });
  broke.publish();
  expect(await open(red)).toMatchObject({ outcome: "opened" });
  expect(pulls()[0]?.body).toContain("without the patch already");
});

test("what ended the failure already is found and named: a revert, the culprit's lines gone, or the patch itself", async () => {
  const reverted = await seed();
  broke.project.git("revert", "--no-edit", broke.culprit);
  broke.publish();
  expect(await open(reverted)).toMatchObject({
    outcome: "already_fixed",
    reason: expect.stringContaining("takes back"),
  });

  await fresh();
  const rewritten = await seed();
  const fix = broke.project.commit("Write it anew", { "src/total.js": "export const total = () => 0;\n" });
  broke.publish();
  expect(await open(rewritten)).toMatchObject({
    outcome: "already_fixed",
    commit: fix,
    reason: expect.stringContaining("leaves no line"),
  });
  expect(pulls()).toHaveLength(0);
});

test("a pull request of somebody else that touches the same lines, or names the incident, is followed instead", async () => {
  const incidentId = await seed();
  broke.project.git("checkout", "--quiet", "-b", "mend");
  broke.project.commit("Mend the total", { "src/total.js": broken.replace("cart.lines.all", "cart.lines?.all ?? []") });
  broke.project.git("push", "--quiet", broke.bare, "mend");
  broke.project.git("checkout", "--quiet", "main");
  repository.sync();
  repository.openPullRequest({ title: "Mend the total", head: "mend", author: "grace" });
  expect(await open(incidentId)).toMatchObject({
    outcome: "already_open",
    number: 1,
    reason: expect.stringContaining("of grace is open already"),
  });
  expect(await stored(incidentId)).toMatchObject({ items: [{ is_own: false, state: "open" }] });
  expect(await statusOf(incidentId)).toMatchObject({ status: "pr_created" });
});

test("a protected branch, a token without the right, a vanished commit and an unreachable remote each end in words", async () => {
  const hook = join(broke.bare, "hooks", "pre-receive");
  writeFileSync(hook, "#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n");
  chmodSync(hook, 0o755);
  expect(await open(await seed())).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining("GH006: Protected branch update failed"),
  });

  await fresh();
  const vanished = await seed({ run: { base_commit: "1".repeat(40) } });
  expect(await open(vanished)).toMatchObject({
    outcome: "does_not_apply",
    reason: expect.stringContaining("no longer in the repository"),
  });

  const token = bench.github.addToken({
    login: "reader",
    permissions: { contents: "read", pull_requests: "write", issues: "write" },
  });
  const { openPullRequestForge, ...services } = bench.services;
  const reading = {
    ...services,
    openPullRequestForge: async (id: string) => {
      const forge = await openPullRequestForge(id);
      return {
        ...forge,
        remote: async () => ({ ...(await forge.remote()), credentials: { username: "x", password: token } }),
      };
    },
  };
  const action = bench.catalogue.get("open_pull_request");
  const ctx = {
    incidentId: await seed(),
    projectId,
    progress: () => {},
    effect: (effect: { send(of: object): unknown }) => effect.send({ idempotencyKey: "k" }),
  };
  expect(await action?.run({ asked_by: "ada" }, ctx as never, reading as never)).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining("403"),
  });

  const away = {
    ...reading,
    openPullRequestForge: async (id: string) => ({
      ...(await openPullRequestForge(id)),
      remote: async () => ({ url: "http://127.0.0.1:9/a/b.git", credentials: { username: "x", password: "hunter2" } }),
    }),
  };
  const lost = await seed();
  await expect(
    action?.run({ asked_by: "ada" }, { ...ctx, incidentId: lost } as never, away as never),
  ).rejects.toMatchObject({ code: "REPOSITORY_UNAVAILABLE" });
  const { last_decision: last } = await stored(lost);
  expect(last).toMatchObject({ outcome: "unreachable", reason: expect.stringContaining("can't be reached") });
  expect(last?.reason).not.toContain("hunter2");
});

test("a forge that can't be called, found or reached, breaks off or refuses the token is the outcome that stands, with what to do", async () => {
  const open = openHttpClient({ allowPrivate: "127.0.0.1" });
  const noName = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  const gitea = (baseUrl: string, http = open) =>
    giteaPullRequests({ http, baseUrl, token: "hunter2", repository: "acme/shop", integrationId: null });
  const github = (token: string) =>
    githubPullRequests({
      ...{ http: open, auth: { kind: "token", token }, baseUrl: bench.github.apiUrl, now: () => bench.clock.now },
      ...{ repository: "acme/shop", integrationId: null },
    });
  const hangsUp = createServer(({ socket }) => socket.destroy());
  await new Promise<void>((resolve) => hangsUp.listen(0, "127.0.0.1", resolve));
  const { port } = hangsUp.address() as AddressInfo;
  const powerless = bench.github.addToken({ login: "powerless", permissions: { metadata: "read" } });
  const ways: readonly (readonly [string, () => PullRequestForge, string, RegExp, boolean])[] = [
    [
      "forbidden",
      () => gitea("http://127.0.0.1:9", openHttpClient({ allowPrivate: "" })),
      ...(["unreachable", /127\.0\.0\.1 may not be called.*CULPRIT_HTTP_ALLOW_PRIVATE/, false] as const),
    ],
    [
      "no name",
      () => gitea("https://gitea.invalid", openHttpClient({ allowPrivate: "", lookup: noName })),
      ...(["unreachable", /gitea\.invalid can't be found.*page Integrations/, true] as const),
    ],
    ["refused", () => gitea("http://127.0.0.1:9"), "unreachable", /can't be reached.*page Integrations/, true],
    ["hung up", () => gitea(`http://127.0.0.1:${port}`), "unreachable", /cut off.*page Integrations/, true],
    ["401", () => github("hunter2"), "refused", /401.*token/, false],
    ["403", () => github(powerless), "refused", /403.*token/, false],
    [
      "lost key",
      () => {
        throw new CulpritError("SECRET_UNREADABLE", "The key of the token is lost.");
      },
      ...(["no_forge", /The key of the token is lost/, false] as const),
    ],
  ];
  const action = bench.catalogue.get("open_pull_request");
  for (const [name, forge, outcome, reason, isTriedAgain] of ways) {
    const incidentId = await seed();
    const services = { ...bench.services, openPullRequestForge: async () => forge() };
    const ctx = { incidentId, projectId, progress: () => {}, effect: () => expect.fail("nothing is sent") };
    const tried = Promise.resolve(action?.run({ asked_by: "ada" }, ctx as never, services as never));
    const thrown = await tried.then(
      () => false,
      () => true,
    );
    expect({ name, thrown }).toEqual({ name, thrown: isTriedAgain });
    const { last_decision: last } = await stored(incidentId);
    expect({ name, ...last }).toMatchObject({ name, outcome, reason: expect.stringMatching(reason), asked_by: "ada" });
    expect(last?.reason).not.toContain("hunter2");
  }
  hangsUp.close();
});

test("hooks of the repository never run on our side, and its filters neither", async () => {
  const incidentId = await seed();
  const mark = join(broke.project.folder, "a-hook-ran");
  for (const name of ["pre-push", "pre-commit", "post-checkout", "reference-transaction"]) {
    const hook = join(broke.project.folder, ".git", "hooks", name);
    writeFileSync(hook, `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(hook, 0o755);
  }
  expect(await open(incidentId)).toMatchObject({ outcome: "opened" });
  expect(existsSync(mark)).toBe(false);
});

test("the author of the culprit and the code owners are asked; whom the forge refuses is said and stops nothing", async () => {
  await fresh({ ".github/CODEOWNERS": "* @nobody\n/src/ @grace @stranger # the team\n" });
  repository.collaborators.set("grace", "write");
  repository.collaborators.set("ada", "write");
  expect(await open(await seed())).toMatchObject({ outcome: "opened" });
  expect([...(pulls()[0]?.reviewers ?? [])]).toEqual(["ada", "grace"]);
  const row = await bench.test.database.db
    .selectFrom("pull_request_decisions")
    .select("details")
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  expect(row?.details).toMatchObject({ reviewer_problem: expect.stringContaining("stranger") });
});

test("checks, reviews and the merge are followed by events, and the merge resolves the incident", async () => {
  const incidentId = await seed();
  const { branch, commit } = await open(incidentId);
  const event = { repository: "acme/shop", head_branch: branch };
  const follow = () => bench.run("follow_pull_requests", {}, { projectId, event, executionId: `${Math.random()}` });
  repository.statuses.push({
    id: 1,
    sha: String(commit),
    context: "ci",
    state: "failure",
    description: null,
    targetUrl: null,
  });
  repository.review(1, "APPROVED", "grace");
  expect(await follow()).toMatchObject({ followed: 1, reason: "acme/shop#1 is open." });
  expect((await stored(incidentId)).items[0]).toMatchObject({
    checks: { state: "failure", total: 1, failing: ["ci"] },
    reviews: { state: "approved", approved_by: ["grace"] },
  });
  repository.mergePullRequest(1);
  expect(await follow()).toMatchObject({ reason: "acme/shop#1 is merged." });
  expect(await statusOf(incidentId)).toMatchObject({ status: "resolved", pr_number: 1 });
  // What the merge resolved is not closed once more.
  await bench.run("follow_pull_requests", {}, { projectId, incidentId, executionId: "resolved" });
  expect(repository.comments.size).toBe(0);
});

test("closed by a person the incident goes back, and Culprit opens no other by itself", async () => {
  const incidentId = await seed({ settings: { mode: "auto" } });
  const { branch } = await open(incidentId, {});
  const pull = pulls()[0];
  if (pull !== undefined) pull.state = "closed";
  await bench.run("follow_pull_requests", {}, { projectId, event: { repository: "acme/shop", head_branch: branch } });
  expect(await statusOf(incidentId)).toEqual({ status: "diagnosed", pr_url: null, pr_number: null });
  expect(await open(incidentId, {}, { executionId: "by itself" })).toMatchObject({ outcome: "turned_down" });
  const second = await open(incidentId, undefined, { executionId: "by hand" });
  expect(second).toMatchObject({ outcome: "opened", branch: `${branch}-2` });
});

test("resolved otherwise, its own pull request is closed with the reason; after a mere recovery it stays", async () => {
  const { moveIncident } = await import("../../domains/incident/index.ts");
  const { db } = bench.test.database;
  const quiet = await seed();
  await open(quiet);
  await moveIncident(db, { incidentId: quiet, to: "resolved", reason: "It recovered.", details: { recovered: true } });
  const follow = (incidentId: string) =>
    bench.run("follow_pull_requests", {}, { projectId, incidentId, executionId: incidentId });
  expect(await follow(quiet)).toMatchObject({ reason: expect.stringContaining("stay") });
  expect(pulls()[0]?.state).toBe("open");

  await fresh();
  const incidentId = await seed();
  await open(incidentId, undefined, { executionId: "otherwise" });
  await moveIncident(db, {
    incidentId,
    to: "resolved",
    reason: "Release 9 mended it.",
    actor: { type: "user", id: null },
  });
  expect(await follow(incidentId)).toMatchObject({ reason: expect.stringContaining("Closed acme/shop#1") });
  expect(pulls()[0]?.state).toBe("closed");
  expect([...repository.comments.values()].map(({ body }) => body)).toEqual([
    expect.stringContaining("Release 9 mended it."),
  ]);
  expect((await stored(incidentId)).items[0]).toMatchObject({
    state: "closed",
    closed_reason: expect.stringContaining("Release 9"),
  });
});

test("polling sees a merge of which no webhook told, and a commit on the base branch that says it ends the failure", async () => {
  const incidentId = await seed();
  await open(incidentId);
  broke.project.git("revert", "--no-edit", broke.culprit);
  broke.publish();
  const [row] = await bench.test.database.db
    .selectFrom("pull_requests")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .execute();
  const pullRequest = {
    id: row?.id ?? "",
    projectId,
    incidentId,
    forge: "github" as const,
    repository: "acme/shop",
    number: 1,
    branch: row?.branch ?? "",
    baseBranch: "main",
    isOwn: true,
  };
  expect(await watchBaseBranch(bench.services, pullRequest)).toContain("takes back");
  expect(await statusOf(incidentId)).toMatchObject({ status: "resolved" });
});
