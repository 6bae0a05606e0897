import { afterAll, beforeAll, expect, test } from "vitest";
import { createIntegration, setHandsOff } from "../../server/src/domains/integration/index.ts";
import { changeWorkflow } from "../../server/src/domains/workflow/index.ts";
import { culpritItself } from "../../server/src/platform/db/audit-log.ts";
import { openStage, type Scene, type Stage } from "./workflow-stage.ts";

/** What actions that tell people and make tickets do when the world outside does not play along. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function runStep(scene: Scene, uses: string, input: object): Promise<void> {
  const value = {
    name: "one step",
    triggers: [{ type: "manual" }],
    config: { retry_policy: { max_attempts: 2, delay: 0 } },
    steps: [{ id: "it", uses, with: input }],
  };
  const { database } = stage.bench.test;
  await changeWorkflow(database, stage.bench.catalogue, {
    projectId: scene.projectId,
    by: culpritItself,
    written: { value },
  });
  await scene.start("one step");
}

async function addBroken(scene: Scene): Promise<void> {
  await createIntegration(stage.integrations, stage.bench.test.database, culpritItself, {
    projectId: scene.projectId,
    type: "webhook",
    name: "broken chat",
    config: {},
    credentials: { secret: "0123456789abcdef", url: `${stage.vendorUrl}/broken` },
  });
}

test("one integration that fails keeps no other from hearing, and a retry sends no second message to those who heard", async () => {
  const scene = await stage.newProject();
  await addBroken(scene);
  await runStep(scene, "notify", { title: "Hello" });
  expect(scene.messages()).toHaveLength(1);
  const [step] = await scene.steps();
  expect(step).toMatchObject({ status: "failed", reason: expect.stringMatching(/500/) });
});

test("best effort is content with some, and says which failed", async () => {
  const scene = await stage.newProject();
  await addBroken(scene);
  await runStep(scene, "notify", { title: "Hello", best_effort: true });
  const [step] = await scene.steps();
  expect(step).toMatchObject({
    status: "completed",
    output: { sent: [{ integration: "team chat" }], failed: [{ integration: "broken chat" }] },
  });
});

test("an integration is named by its name or type, and a name that is none is an error with those that there are", async () => {
  const scene = await stage.newProject();
  await runStep(scene, "notify", { title: "Hello", to: ["webhook", "TEAM CHAT"] });
  expect(scene.messages()).toHaveLength(1);
  await runStep(scene, "notify", { title: "Hello", to: ["pager"] });
  expect((await scene.steps()).at(-1)).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/"pager".*team chat/),
  });
});

test("where all are left out, nobody is told and the log names who was left out", async () => {
  const scene = await stage.newProject();
  await runStep(scene, "notify", { title: "Hello", except: ["webhook"] });
  expect(scene.messages()).toEqual([]);
  const { rows } = await stage.bench.test.database.pool.query(
    "SELECT l.message FROM execution_logs l JOIN workflow_executions e ON e.id = l.execution_id WHERE e.project_id = $1",
    [scene.projectId],
  );
  expect(rows.map(({ message }) => message).join("\n")).toMatch(/`except` leaves out .*team chat \(webhook\)/);
});

test("while hands are off nothing goes out, and the step says so", async () => {
  const scene = await stage.newProject();
  await setHandsOff(stage.bench.test.database, culpritItself, {
    projectId: scene.projectId,
    service: null,
    reason: "a drill",
  });
  await runStep(scene, "notify", { title: "Hello" });
  expect(scene.messages()).toEqual([]);
  expect((await scene.steps())[0]).toMatchObject({ status: "skipped", reason: expect.stringContaining("a drill") });
});

test("issue_creator lists what failed, makes the rest, and counts what was made", async () => {
  const scene = await stage.newProject();
  await runStep(scene, "issue_creator", {
    repository: scene.repository.fullName,
    github_issues: [{ title: "One @octocat", body: "see @octocat", labels: ["typescript"] }, { title: "Two" }],
    linear_tickets: [{ title: "Three" }],
    ai_assignments: { issue_1: "charlie", issue_2: "nobody" },
  });
  const [step] = await scene.steps();
  expect(step).toMatchObject({
    status: "completed",
    output: {
      success_count: 2,
      github_issues_created: [{ number: 1 }, { number: 2 }],
      linear_tickets_created: [],
      ai_notifications_sent: [],
      errors: [expect.stringMatching(/^Linear: .*"linear"/), expect.stringMatching(/^Slack: .*"slack"/)],
    },
  });
  expect(scene.repository.issues.get(1)?.body).not.toContain("@octocat");
  expect([...scene.repository.comments.values()].map(({ body }) => body)).toEqual([
    expect.stringContaining("tsc --noEmit"),
  ]);
});

test("a repository of nobody is one error of issue_creator, and create_ticket without a tracker says what to connect", async () => {
  const scene = await stage.newProject();
  await runStep(scene, "issue_creator", { repository: "acme/unknown", github_issues: [{ title: "One" }] });
  expect((await scene.steps())[0]).toMatchObject({
    status: "completed",
    output: { success_count: 0, errors: [expect.stringMatching(/^GitHub: /)] },
  });
  await runStep(scene, "create_ticket", { title: "x", description: "y", to: "jira" });
  expect((await scene.steps()).at(-1)).toMatchObject({ status: "failed", reason: expect.stringContaining('"jira"') });
});

test("create_ticket writes its own text without telling anybody whom it names", async () => {
  const scene = await stage.newProject();
  await runStep(scene, "create_ticket", { title: "Look", description: "Ask @octocat, see `@scope/x`", priority: 1 });
  expect(scene.repository.issues.get(1)).toMatchObject({
    title: "Look",
    body: expect.stringMatching(/Ask @\u2060octocat, see `@scope\/x`/),
  });
  expect((await scene.steps())[0]).toMatchObject({
    output: { integration: "forge", ticket_id: `${scene.repository.fullName}#1` },
  });
});
