import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import type { Who } from "../../../platform/db/audit-log.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { createProject } from "../../access/index.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { testActions as actions } from "../definition/test-actions.fixture.ts";
import { changeWorkflow, resetWorkflow, setWorkflowStatus } from "./change-workflow.ts";
import { listWorkflows } from "./list-workflows.ts";
import { findWorkflow, loadVersion, loadWorkflow } from "./load-workflow.ts";
import { syncBuiltins } from "./sync-builtins.ts";
import { listVersions, showUpgrade, showVersion } from "./versions.ts";
import { deleteSecret, listSecrets, setSecret } from "./workflow-secrets.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

const ada: Who = { type: "user", id: null, name: "ada" };
const file = (name: string, text = "hello") =>
  `name: ${name}\non: [push, webhook]\nsteps:\n  - { id: tell, uses: notify, with: { to: [slack], text: ${text} } }\n`;

/** A project of its own, seen as its API key sees it. */
async function newProject() {
  const { id } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const scope = own.database.asTenant({ userId: null, projectId: id });
  const save = (text: string, more: Partial<Parameters<typeof changeWorkflow>[2]> = {}) =>
    changeWorkflow(scope, actions, { projectId: id, written: { text }, by: ada, ...more });
  const load = (workflowId: string) => loadWorkflow(scope.db, { workflowId, projectId: id, publicUrl: "http://c" });
  return { id, scope, save, load };
}

const builtin = (name: string, text: string) => {
  const { definition } = parseDefinition(file(name, text), { actions, others: null });
  if (definition === null) throw new Error("the test's own definition is wrong");
  return definition;
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: unknown) => (error instanceof CulpritError ? error.code : String(error)),
  );
}

describe("saving", () => {
  test("rows of document 3 and a version are stored; the same again changes nothing, a change makes the next version", async () => {
    const { save, load, scope } = await newProject();
    const first = await save(file("a"));
    expect(first).toMatchObject({ version: 1, isNew: true, isChanged: true });
    expect(await save(file("a"))).toMatchObject({ workflowId: first.workflowId, version: 1, isChanged: false });
    expect(await save(file("a", "other"))).toMatchObject({ workflowId: first.workflowId, version: 2, isChanged: true });
    const { rows } = await sql`
      SELECT action_type, action_name, config, order_index, step_id FROM workflow_actions WHERE workflow_id = ${first.workflowId}`.execute(
      scope.db,
    );
    expect(rows).toEqual([
      {
        action_type: "notify",
        action_name: "tell",
        config: { to: ["slack"], text: "other" },
        order_index: 0,
        step_id: "tell",
      },
    ]);
    const detail = await load(first.workflowId);
    expect(detail).toMatchObject({
      name: "a",
      version: 2,
      is_protected: false,
      created_by: "ada",
      source: "api",
      trigger_types: ["event", "webhook"],
      step_count: 1,
    });
    expect((await loadVersion(scope.db, first.workflowId, 1)).definition.steps[0]?.with?.text).toBe("hello");
    const shown = await showVersion(scope.db, first.workflowId, 2);
    expect(shown.diff.filter(({ kind }) => kind !== "same").map(({ kind, text }) => `${kind} ${text.trim()}`)).toEqual([
      "removed text: hello",
      "added text: other",
    ]);
    expect(
      (await listVersions(scope.db, { workflowId: first.workflowId, limit: 10 })).items.map(
        ({ version, is_current }) => [version, is_current],
      ),
    ).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  test("a trigger that stays keeps its row, and a webhook its address", async () => {
    const { save, load } = await newProject();
    const { workflowId } = await save(file("a"));
    const before = (await load(workflowId)).triggers;
    await save(file("a").replace("webhook]", "webhook, manual]").replace("push", "release.published"));
    const after = (await load(workflowId)).triggers;
    const hook = (list: typeof after) => list.find(({ trigger }) => trigger.type === "webhook");
    expect(hook(after)?.webhook_url).toMatch(/^http:\/\/c\/hooks\/w\/[\w-]{32}$/);
    expect(hook(after)).toEqual(hook(before));
    expect(after.map(({ trigger }) => trigger.type).sort()).toEqual(["event", "manual", "webhook"]);
  });

  test("of two who change one version the second is refused, and told which version stands", async () => {
    const { save } = await newProject();
    const { workflowId } = await save(file("a"));
    await save(file("a", "first"), { workflowId, baseVersion: 1 });
    await expect(save(file("a", "second"), { workflowId, baseVersion: 1 })).rejects.toThrow(
      "it is at version 2, your change was made on 1",
    );
  });

  test("ten who save one new name at once make one workflow", async () => {
    const { save } = await newProject();
    const saved = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => save(file("race", `text${index}`))),
    );
    const made = saved.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(new Set(made.map(({ workflowId }) => workflowId)).size).toBe(1);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  test("a name that is taken is refused, for a new one and for a rename", async () => {
    const { save } = await newProject();
    await save(file("a"));
    const { workflowId } = await save(file("b"));
    expect(await codeOf(save(file("a"), { mustBeNew: true }))).toBe("CONFLICT");
    expect(await codeOf(save(file("a"), { workflowId }))).toBe("CONFLICT");
    expect(await save(file("c"), { workflowId })).toMatchObject({ workflowId, version: 2 });
  });

  test("what is wrong is refused with every problem, and nothing is stored", async () => {
    const { save, scope, id } = await newProject();
    const error = await save(file("a").replace("notify", "shout").replace("push", "push, nonsense")).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "WORKFLOW_INVALID",
      details: { problems: [{ line: 4, field: "steps[0].uses", severity: "error" }] },
    });
    expect(
      (await listWorkflows(scope.db, { projectId: id, limit: 100 })).items.filter(
        ({ project_id }) => project_id !== null,
      ),
    ).toEqual([]);
  });

  test("a workflow that is kept in the repository is changed there and not here", async () => {
    const { save, load } = await newProject();
    const source = { kind: "repository", path: ".culprit/workflows/a.yml", commit: "c1" } as const;
    const { workflowId } = await save(file("a"), { source });
    await expect(save(file("a", "here"), { workflowId })).rejects.toThrow(
      "kept in the repository, in .culprit/workflows/a.yml",
    );
    await save(file("a", "there"), { source: { ...source, commit: "c2" } });
    expect(await load(workflowId)).toMatchObject({ version: 2, source: "repository", source_commit: "c2" });
  });

  test("another project sees nothing of it and changes nothing", async () => {
    const [mine, other] = [await newProject(), await newProject()];
    const { workflowId } = await mine.save(file("a"));
    expect(await codeOf(other.load(workflowId))).toBe("NOT_FOUND");
    expect(await codeOf(other.save(file("a", "x"), { workflowId }))).toBe("NOT_FOUND");
    expect(
      await codeOf(setWorkflowStatus(other.scope, { workflowId, projectId: other.id, status: "archived", by: ada })),
    ).toBe("NOT_FOUND");
    expect((await mine.load(workflowId)).version).toBe(1);
  });

  test("lists page by name without gaps, and archived ones are listed when asked for", async () => {
    const { save, scope, id } = await newProject();
    for (const name of ["b", "a", "c", "d"]) await save(file(`list ${name}`));
    const { workflowId } = await save(file("list z"));
    await setWorkflowStatus(scope, { workflowId, projectId: id, status: "archived", by: ada });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listWorkflows(scope.db, { projectId: id, limit: 2, cursor });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(names.filter((name) => name.startsWith("list"))).toEqual(["list a", "list b", "list c", "list d"]);
    expect(
      (await listWorkflows(scope.db, { projectId: id, limit: 10, status: "archived" })).items.map(({ name }) => name),
    ).toEqual(["list z"]);
    expect(await codeOf(listWorkflows(scope.db, { projectId: id, limit: 2, cursor: "nonsense" }))).toBe(
      "INVALID_REQUEST",
    );
  });
});

describe("built-in workflows", () => {
  test("are synced once, also by several processes; what is changed gets a version, what is gone is archived", async () => {
    const { database, drop } = await createTestDatabase();
    const sync = (...definitions: Parameters<typeof builtin>[]) =>
      syncBuiltins(
        database,
        actions,
        definitions.map((one) => builtin(...one)),
      );
    const changed = await Promise.all([1, 2, 3].map(() => sync(["one", "a"], ["two", "a"])));
    // `incident-response` of the first migration is not among them.
    expect(changed.sort()).toEqual([0, 0, 3]);
    expect(await sync(["one", "b"], ["two", "a"])).toBe(1);
    expect(await sync(["one", "b"])).toBe(1);
    const { rows } =
      await sql`SELECT name, version, status, source FROM workflows WHERE project_id IS NULL ORDER BY name`.execute(
        database.db,
      );
    expect(rows).toEqual([
      { name: "incident-response", version: 1, status: "archived", source: "builtin" },
      { name: "one", version: 2, status: "active", source: "builtin" },
      { name: "two", version: 1, status: "archived", source: "builtin" },
    ]);
    await drop();
  });

  test("a change is a copy of the same name; an upgrade shows the difference; reset brings the built-in back and loses nothing", async () => {
    const name = `builtin ${randomBytes(4).toString("hex")}`;
    const sync = (text: string) => syncBuiltins(own.database, actions, [builtin(name, text)]);
    await sync("first");
    const { id, scope, save, load } = await newProject();
    const { id: builtinId } = await findWorkflow(scope.db, { name, projectId: id });
    expect(await load(builtinId)).toMatchObject({ is_protected: true, project_id: null });

    const copy = await save(file(name, "mine"), { workflowId: builtinId, baseVersion: 1 });
    expect(copy.workflowId).not.toBe(builtinId);
    expect((await findWorkflow(scope.db, { name, projectId: id })).id).toBe(copy.workflowId);
    expect(await load(copy.workflowId)).toMatchObject({ copied_version: 1, has_upgrade: false, is_protected: false });
    expect((await load(builtinId)).definition.steps[0]?.with?.text).toBe("first");
    expect(
      (await listWorkflows(scope.db, { projectId: id, limit: 100 })).items.filter((one) => one.name === name),
    ).toHaveLength(1);

    await sync("second");
    expect(await load(copy.workflowId)).toMatchObject({ has_upgrade: true });
    const upgrade = await showUpgrade(scope.db, copy.workflowId);
    const changes = (lines: typeof upgrade.diff) =>
      lines.filter(({ kind }) => kind !== "same").map(({ kind, text }) => `${kind} ${text.trim()}`);
    expect(changes(upgrade.diff)).toEqual(["removed text: mine", "added text: second"]);
    expect(changes(upgrade.upstream_diff)).toEqual(["removed text: first", "added text: second"]);
    await save(file(name, "merged"), { workflowId: copy.workflowId, upgradedTo: 2 });
    expect(await load(copy.workflowId)).toMatchObject({ has_upgrade: false, copied_version: 2 });

    expect(
      await resetWorkflow(scope, {
        workflowId: copy.workflowId,
        projectId: id,
        by: ada,
        at: new Date("2026-11-21T07:00:00Z"),
      }),
    ).toBe(builtinId);
    expect((await findWorkflow(scope.db, { name, projectId: id })).id).toBe(builtinId);
    expect(await load(copy.workflowId)).toMatchObject({
      status: "archived",
      name: `${name} - until 2026-11-21 07.00.00`,
    });
    expect(await codeOf(showUpgrade(scope.db, copy.workflowId))).toBe("CONFLICT");
  });

  test("switching one off makes a copy that is off, with a warning; switching it on again needs none", async () => {
    const name = `builtin ${randomBytes(4).toString("hex")}`;
    await syncBuiltins(own.database, actions, [builtin(name, "first")]);
    const { id, scope, load } = await newProject();
    const { id: builtinId } = await findWorkflow(scope.db, { name, projectId: id });
    const off = await setWorkflowStatus(scope, { workflowId: builtinId, projectId: id, status: "inactive", by: ada });
    expect(off.warnings).toMatchObject([{ severity: "warning", field: "status" }]);
    expect(await load(off.workflowId)).toMatchObject({ status: "inactive", definition: { status: "inactive" }, name });
    expect(await load(builtinId)).toMatchObject({ status: "active" });
    const on = await setWorkflowStatus(scope, { workflowId: off.workflowId, projectId: id, status: "active", by: ada });
    expect(on).toMatchObject({ workflowId: off.workflowId, version: 1, isChanged: true, warnings: [] });
  });
});

test("secrets are stored sealed, listed by name alone, replaced and deleted", async () => {
  const { id, scope } = await newProject();
  const box = openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" });
  await setSecret(scope, box, { projectId: id, name: "TOKEN", value: "first", by: ada });
  await setSecret(scope, box, { projectId: id, name: "TOKEN", value: "s3cret", by: ada });
  const { rows } = await sql<{
    value_encrypted: string;
  }>`SELECT value_encrypted FROM workflow_secrets WHERE project_id = ${id}`.execute(own.database.db);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.value_encrypted).not.toContain("s3cret");
  expect(box.open(rows[0]?.value_encrypted ?? "", `workflow_secret:${id}:TOKEN`)).toBe("s3cret");
  expect(await listSecrets(scope.db, id)).toMatchObject({ items: [{ name: "TOKEN", created_by: "ada" }] });
  expect(JSON.stringify(await listSecrets(scope.db, id))).not.toContain("s3cret");
  await deleteSecret(scope, { projectId: id, name: "TOKEN", by: ada });
  expect(await codeOf(deleteSecret(scope, { projectId: id, name: "TOKEN", by: ada }))).toBe("NOT_FOUND");
});
