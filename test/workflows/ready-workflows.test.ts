import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assignIncident, moveIncident } from "../../server/src/domains/incident/index.ts";
import { decideApproval } from "../../server/src/domains/workflow/index.ts";
import { toPublicId } from "../../server/src/platform/ids/ids.ts";
import { overTcp } from "../database/over-tcp.ts";
import { openStage, type Scene, type Stage } from "./workflow-stage.ts";

/** Each ready workflow from the event that starts it to what arrived at the vendors, by the real dispatcher and runner. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  expect(stage.bench.github.faults).toEqual([]);
  await stage.close();
});

const lines = (many: number) => Array.from({ length: many }, (_, i) => `export const v${i} = ${i};\n`).join("");
const hostile = "Hi @octocat ${{ secrets.TOKEN }} <img src=x> #1";

/** A pull request with its event, as GitHub sends it. */
async function openPull(
  scene: Scene,
  files: Readonly<Record<string, string>>,
  more: { title?: string; body?: string; action?: string; label?: string } = {},
) {
  const { title = "Mend the total", body = "", action = "opened", label } = more;
  scene.repository.commit("mend", files, { message: "Mend" });
  const pull = scene.repository.openPullRequest({ title, body, head: "mend" });
  await scene.github("pull_request", {
    action,
    number: pull.number,
    ...(label === undefined ? {} : { label: { name: label } }),
    pull_request: {
      number: pull.number,
      title,
      body,
      user: { login: "octocat" },
      base: { ref: "main" },
      head: { ref: "mend", sha: pull.pull.headSha },
      merged: action === "closed",
    },
  });
  return pull;
}

async function commentOn(scene: Scene, number: number, body: string, login = "ann", type = "User") {
  const { id } = scene.repository.comment(number, body, login);
  await scene.github("issue_comment", {
    action: "created",
    sender: { login, type },
    issue: { number, title: "x", pull_request: { url: "x" } },
    comment: { id, body, user: { login }, html_url: `https://github.example/c/${id}` },
  });
}

const commentsOf = (scene: Scene) =>
  [...scene.repository.comments.values()].filter(({ author }) => author.login === "culprit").map(({ body }) => body);
const statusesOf = (scene: Scene) => scene.repository.statuses.map(({ context, state }) => `${context} ${state}`);

interface Case {
  readonly name: string;
  /** What happens, and what must have come of it. */
  play(scene: Scene): Promise<void>;
  /** The stored steps at the end, in the order they began. */
  readonly steps: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "notify-on-incident",
    async play(scene) {
      const incidentId = await scene.openIncident();
      await moveIncident(stage.db, { incidentId, to: "resolved", reason: "gone" });
      await scene.settle();
      const [first, second, ...more] = scene.messages();
      expect(first).toMatchObject({ type: "message", title: "TypeError: x of undefined" });
      expect(second).toMatchObject({ type: "message.updated", updates: expect.any(String) });
      expect(more).toEqual([]);
    },
    steps: ["tell completed", "tell completed"],
  },
  {
    name: "escalate-critical",
    async play(scene) {
      await scene.openIncident({ severity: "high" });
      const incidentId = await scene.openIncident({ severity: "critical", title: "Down" });
      expect(scene.messages()).toEqual([]);
      await scene.later(901);
      expect(scene.messages()).toMatchObject([{ title: "Nobody answers: Down" }]);
      const { rows } = await sql<{
        escalation_level: number;
      }>`SELECT escalation_level FROM incidents WHERE id = ${incidentId}`.execute(stage.db);
      expect(rows[0]?.escalation_level).toBe(1);
      const taken = await scene.openIncident({ severity: "critical", title: "Taken" });
      await assignIncident(stage.bench.test.database, {
        incidentId: taken,
        projectId: scene.projectId,
        to: "ann",
        reason: "",
        onlyIfNobodys: false,
      });
      await scene.later(901);
      expect(scene.messages()).toHaveLength(1);
    },
    steps: [
      "wait completed",
      "escalate completed",
      "tell completed",
      "wait completed",
      "escalate completed",
      "tell skipped",
    ],
  },
  {
    name: "approve-before-fix",
    async play(scene) {
      const incidentId = await scene.openIncident();
      await scene.emit("hypothesis.confirmed", {}, incidentId);
      expect((await scene.steps()).map(({ path, status }) => `${path} ${status}`)).toEqual(["ask waiting"]);
      const { rows } = await sql<{
        approval_id: string;
      }>`SELECT approval_id FROM approvals WHERE project_id = ${scene.projectId}`.execute(stage.db);
      await decideApproval(
        stage.bench.test.database,
        { ...stage.bench.services.queue, enqueue: async () => {} } as never,
        {
          approvalId: rows[0]?.approval_id ?? "",
          decision: "approve",
          by: "ann",
          reason: "go on",
        } as never,
      );
      await scene.settle();
      expect(scene.messages()).toMatchObject([{ title: "Patch for TypeError: x of undefined: not_run" }]);
    },
    steps: ["ask completed", "prove completed", "tell completed"],
  },
  {
    name: "enhanced-pr-comment",
    async play(scene) {
      scene.repository.commit("mend", { "a.ts": "x\n" }, { message: "x" });
      const { number } = scene.repository.openPullRequest({ title: "x", head: "mend" });
      await commentOn(scene, number, "Please fix this, @octocat");
      expect(scene.repository.reactions).toMatchObject([{ content: "eyes" }]);
      const issue = [...scene.repository.issues.values()].at(-1);
      expect(issue).toMatchObject({
        title: `From the review of #${number}`,
        body: expect.not.stringContaining("@octocat"),
      });
      expect([...(issue?.labels ?? [])]).toEqual(["needs-review"]);
      expect(commentsOf(scene)[0]).toContain(`See #${issue?.number}`);
      await commentOn(scene, number, "please fix", "helper[bot]", "Bot");
      await commentOn(scene, number, "Why is it so?");
      expect(scene.repository.issues.size).toBe(2);
    },
    steps: [
      "seen completed",
      "analyze completed",
      "issue completed",
      "answer completed",
      "seen completed",
      "analyze completed",
      "issue skipped",
      "answer skipped",
    ],
  },
  {
    name: "phase-1-review",
    async play(scene) {
      scene.repository.commit("mend", { "a.ts": "x\n" }, { message: "x" });
      const { number } = scene.repository.openPullRequest({ title: "x", head: "mend" });
      const review_data = {
        coderabbit: {
          findings: [
            { category: "security", severity: "critical", title: "Key in code, @octocat", file: "a.ts", line: 1 },
          ],
        },
      };
      await scene.start("phase-1-review", {
        pull_request_number: number,
        repository: scene.repository.fullName,
        review_data,
      });
      expect(statusesOf(scene)).toEqual(["culprit/phase-1-review failure"]);
      expect(scene.repository.statuses[0]?.description).toBe("Critical issues found - merge blocked");
      expect(scene.repository.issues.size).toBe(2);
      expect(commentsOf(scene).join()).toMatch(
        /1 issue in 1 file: 1 critical[\s\S]*This is about security|This is about security[\s\S]*1 issue in 1 file/,
      );
    },
    steps: [
      "analyze completed",
      "issues completed",
      "issues[0].make completed",
      "comment completed",
      "block completed",
      "free skipped",
    ],
  },
  {
    name: "pr-size-labeler",
    async play(scene) {
      const pull = await openPull(scene, { "a.ts": lines(50) });
      expect([...pull.labels]).toEqual(["size: M"]);
    },
    steps: ["label completed"],
  },
  {
    name: "label-pr-by-path",
    async play(scene) {
      const pull = await openPull(scene, { "backend/a.ts": "1\n", "docs/b.md": "2\n" });
      expect([...pull.labels]).toEqual(["backend", "documentation"]);
    },
    steps: ["label completed"],
  },
  {
    name: "summarize-pr",
    async play(scene) {
      const pull = await openPull(
        scene,
        { "a.ts": "1\n" },
        { title: hostile, action: "labeled", label: "Summarize please" },
      );
      await scene.github("pull_request", {
        action: "labeled",
        number: pull.number,
        label: { name: "bug" },
        pull_request: { number: pull.number },
      });
      expect(commentsOf(scene)).toHaveLength(1);
      expect(commentsOf(scene)[0]).toContain("secrets.TOKEN");
      expect(commentsOf(scene)[0]).not.toMatch(/@octocat|(?<!\\)<img|#1\b/);
    },
    steps: ["summarize completed", "comment completed"],
  },
  {
    name: "review-pr-against-incidents",
    async play(scene) {
      const incidentId = await scene.openIncident();
      await sql`UPDATE incidents SET frames = ${JSON.stringify([{ file: "/app/src/a.ts", function: "a", line: 1, column: 1, isInApp: true }])}::jsonb WHERE id = ${incidentId}`.execute(
        stage.db,
      );
      await openPull(scene, { "src/a.ts": "export const a = 2;\n" });
      expect(commentsOf(scene)[0]).toContain(toPublicId("inc", incidentId));
      await openPull(scene, { "other.ts": "1\n", "src/a.ts": "export const a = 1;\n" });
      expect(commentsOf(scene)).toHaveLength(1);
    },
    steps: ["review completed", "comment completed", "review completed", "comment skipped"],
  },
  {
    name: "stale-issue-closer",
    async play(scene) {
      scene.repository.openIssue({ title: "old", updatedAt: "2020-01-01T00:00:00Z" });
      await scene.start("stale-issue-closer");
      expect([...(scene.repository.issues.get(1)?.labels ?? [])]).toEqual(["stale"]);
      expect(commentsOf(scene)).toHaveLength(1);
    },
    steps: ["close completed"],
  },
  {
    name: "watch-database-schema",
    async play(scene) {
      const watched = await overTcp(stage.bench.test.url);
      try {
        await scene.secret("WATCHED_DATABASE_URL", watched.url);
        await scene.start("watch-database-schema");
        await stage.bench.test.database.pool.query("CREATE TABLE watched_orders (total int)");
        await scene.start("watch-database-schema");
      } finally {
        watched.close();
      }
      const { rows } = await sql<{ changes: number }>`
        SELECT count(*)::int AS changes FROM config_change_events WHERE source = 'db_schema' AND resource_name = 'main: public.watched_orders'`.execute(
        stage.db,
      );
      expect(rows).toEqual([{ changes: 1 }]);
    },
    steps: ["look completed", "look completed"],
  },
  {
    name: "weekly-report",
    async play(scene) {
      await scene.openIncident({ title: "Boom" });
      await scene.start("weekly-report");
      expect(scene.messages()).toMatchObject([
        {
          title: expect.stringMatching(/^The week of Shop/),
          text: expect.stringMatching(/1 new incidents, 1 unresolved in all\.\n\n- \[Boom\]/),
        },
      ]);
    },
    steps: ["week completed", "open completed", "repository failed", "tell completed", "debt skipped"],
  },
  {
    name: "release-notes",
    async play(scene) {
      scene.repository.tags.set("v1", scene.repository.branches.get("main") ?? "");
      scene.repository.commit("mend", { "a.ts": "x\n" }, { message: "x" });
      const { number } = scene.repository.openPullRequest({ title: "feat: a door", head: "mend" });
      scene.repository.mergePullRequest(number);
      scene.repository.tags.set("v2", scene.repository.branches.get("main") ?? "");
      await scene.github("create", { ref: "v2", ref_type: "tag" });
      await scene.github("create", { ref: "a-branch", ref_type: "branch" });
      expect(scene.repository.releases).toMatchObject([
        { tag: "v2", isDraft: true, body: expect.stringContaining("- a door (#1") },
      ]);
      expect(scene.messages()).toMatchObject([{ title: `${scene.repository.fullName} v2: 1 changes` }]);
    },
    steps: ["notes completed", "tell completed"],
  },
  {
    name: "pr-quality-gate",
    async play(scene) {
      const pull = await openPull(scene, { "src/a.ts": "export const a = eval('1');\n" });
      expect(statusesOf(scene)).toEqual(["culprit/quality-gate failure"]);
      expect(commentsOf(scene)[0]).toMatch(/Quality gate failed[\s\S]*eval/);
      scene.repository.commit("mend", { "src/a.ts": "export const a = 1 + 1;\n" }, { message: "better" });
      await scene.github("pull_request", {
        action: "synchronize",
        number: pull.number,
        pull_request: { number: pull.number },
      });
      expect(statusesOf(scene).at(-1)).toBe("culprit/quality-gate success");
    },
    steps: [
      "check completed",
      "comment completed",
      "failed completed",
      "passed skipped",
      "check completed",
      "comment skipped",
      "failed skipped",
      "passed completed",
    ],
  },
  {
    name: "block-risky-merge",
    async play(scene) {
      const pull = await openPull(scene, {
        "src/auth/login.ts": lines(900),
        "migrations/1.sql": "x\n",
        ".github/workflows/ci.yml": "x\n",
        "package.json": "{}\n",
      });
      expect(statusesOf(scene)).toEqual(["culprit/risk failure"]);
      scene.repository.review(pull.number, "APPROVED", "ann", "good");
      await scene.github("pull_request_review", {
        action: "submitted",
        review: { user: { login: "ann" }, body: "good" },
        pull_request: { number: pull.number },
      });
      expect(statusesOf(scene).at(-1)).toBe("culprit/risk success");
    },
    steps: [
      "analyze completed",
      "block completed",
      "free skipped",
      "analyze completed",
      "block skipped",
      "free completed",
    ],
  },
  {
    name: "ticket-for-incident",
    async play(scene) {
      const incidentId = await scene.openIncident({ title: hostile });
      await sql`UPDATE incidents SET status = 'investigating' WHERE id = ${incidentId}`.execute(stage.db);
      await moveIncident(stage.db, { incidentId, to: "diagnosed", reason: "done" });
      await scene.settle();
      const [issue, ...more] = [...scene.repository.issues.values()];
      expect(issue).toMatchObject({ title: hostile, body: expect.stringContaining(toPublicId("inc", incidentId)) });
      expect(issue?.body).not.toMatch(/@octocat|(?<!\\)<img/);
      expect([...(issue?.labels ?? [])]).toEqual(["incident", "priority: high"]);
      expect(more).toEqual([]);
    },
    steps: ["ticket completed"],
  },
  {
    name: "resolve-on-merge",
    async play(scene) {
      const [named, other] = [await scene.openIncident(), await scene.openIncident({ title: "Other" })];
      await scene.emit("pull_request.merged", {
        repository: scene.repository.fullName,
        number: 3,
        title: "x",
        body: `Mends ${toPublicId("inc", named)} and inc_nonsense`,
      });
      const { rows } = await sql<{
        id: string;
        status: string;
      }>`SELECT id, status FROM incidents WHERE id IN (${named}, ${other}) ORDER BY created_at`.execute(stage.db);
      expect(rows.map(({ status }) => status)).toEqual(["resolved", "open"]);
    },
    steps: ["named completed", "resolve completed", "resolve[0].move completed"],
  },
  {
    name: "comment-commands",
    async play(scene) {
      scene.repository.commit("mend", { "src/a.ts": "export const a = 3;\n" }, { message: "x" });
      const { number } = scene.repository.openPullRequest({ title: "x", head: "mend" });
      await commentOn(scene, number, "hello\n/summarize\n/quality");
      expect(commentsOf(scene)).toEqual([
        expect.stringContaining("### Summary"),
        expect.stringContaining("Quality gate passed"),
      ]);
      await commentOn(scene, number, "I would not /summarize this");
      await commentOn(scene, number, "/summarize", "helper[bot]", "Bot");
      expect(commentsOf(scene)).toHaveLength(2);
    },
    steps: [
      "seen completed",
      "summarize completed",
      "incidents skipped",
      "quality completed",
      "answer_summary completed",
      "answer_incidents skipped",
      "answer_quality completed",
    ],
  },
  {
    name: "incident-digest",
    async play(scene) {
      await scene.start("incident-digest");
      expect(scene.messages()).toEqual([]);
      await scene.openIncident({ title: "Boom" });
      await scene.start("incident-digest");
      expect(scene.messages()).toMatchObject([
        {
          title: "1 incidents in the last day",
          text: expect.stringMatching(/^1 of those below were taken up by nobody/),
        },
      ]);
    },
    steps: ["day completed", "tell skipped", "day completed", "tell completed"],
  },
  {
    name: "regression-alert",
    async play(scene) {
      const incidentId = await scene.openIncident({ title: "Boom" });
      await moveIncident(stage.db, { incidentId, to: "resolved", reason: "gone" });
      await moveIncident(stage.db, { incidentId, to: "open", reason: "It occurred in a later release." });
      await scene.settle();
      expect(scene.messages()).toMatchObject([
        { title: "It is back: Boom", text: expect.stringContaining("It occurred in a later release.") },
      ]);
    },
    steps: ["tell completed"],
  },
  {
    name: "deployment-watch",
    async play(scene) {
      await scene.emit("deployment.recorded", { environment: "production", service: "cart" });
      await scene.openIncident({ title: "Boom" });
      expect(scene.messages()).toEqual([]);
      await scene.later(601);
      expect(scene.messages()).toMatchObject([
        {
          title: "1 incidents within ten minutes of a deployment to production",
          text: expect.stringContaining("Boom"),
        },
      ]);
    },
    steps: ["wait completed", "since completed", "tell completed"],
  },
  {
    name: "assign-on-call",
    async play(scene) {
      const incidentId = await scene.openIncident();
      const { rows } = await sql<{
        assigned_to: string;
      }>`SELECT assigned_to FROM incidents WHERE id = ${incidentId}`.execute(stage.db);
      expect(rows[0]?.assigned_to).toBe("on-call");
    },
    steps: ["assign completed"],
  },
  {
    name: "onboard-contributor",
    async play(scene) {
      const { number } = scene.repository.openIssue({ title: "x" });
      const event = { action: "assigned", issue: { number, title: "x" }, assignee: { login: "ann" } };
      await scene.github("issues", event);
      await scene.github("issues", event);
      expect(commentsOf(scene)).toEqual([expect.stringContaining("CONTRIBUTING")]);
    },
    steps: ["greet completed", "greet completed"],
  },
  {
    name: "pull-request-channel",
    async play(scene) {
      await scene.addChannels();
      const pull = await openPull(scene, { "a.ts": "1\n" });
      const name = `pr-${scene.repository.name}-${pull.number}`;
      const methods = () => scene.slackCalls().map(({ method }) => method);
      expect(methods()).toEqual([
        "conversations.create",
        "conversations.setTopic",
        "conversations.invite",
        "chat.postMessage",
      ]);
      expect(scene.slackCalls()[0]?.body).toMatchObject({ name });
      expect(JSON.stringify(scene.slackCalls().at(-1)?.body)).toContain("size: S, risk low");
      await scene.github("pull_request", {
        action: "closed",
        number: pull.number,
        pull_request: { number: pull.number },
      });
      expect(methods().slice(4)).toEqual(["conversations.list", "conversations.archive"]);
    },
    steps: [
      "summarize completed",
      "open completed",
      "archive skipped",
      "summarize skipped",
      "open skipped",
      "archive completed",
    ],
  },
  {
    name: "notify-on-failed-deployment",
    async play(scene) {
      for (const state of ["success", "failure"])
        await scene.github("deployment_status", {
          action: "created",
          deployment: { environment: "production", sha: "a".repeat(40) },
          deployment_status: { state },
        });
      expect(scene.messages()).toMatchObject([
        { title: `Deployment of ${scene.repository.fullName} to production failed` },
      ]);
    },
    steps: ["tell completed"],
  },
];

test("every ready workflow is played", () => {
  expect(cases.map(({ name }) => name).sort()).toEqual(stage.ready.map(({ definition }) => definition.name).sort());
});

test.each(cases)("$name", async ({ name, play, steps }) => {
  const scene = await stage.newProject();
  await scene.take(name);
  await play(scene).catch(async (error: Error) => {
    error.message += `\n${(await scene.ledger()).join("\n")}\n${JSON.stringify(await scene.steps(), null, 1)}`;
    throw error;
  });
  const executions = await scene.executions();
  expect(executions.map(({ status, reason }) => `${status} ${reason ?? ""}`.trim())).toEqual(
    executions.map(() => "completed"),
  );
  expect((await scene.steps()).map(({ path, status }) => `${path} ${status}`)).toEqual(steps);
});
