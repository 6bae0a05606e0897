import { randomUUID } from "node:crypto";
import { type ConfigChangeInput, configChangeInputSchema, deploymentInputSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { plainObservations, troubleAt } from "../../../../../test/scenario/plain-observations.ts";
import { diagnose } from "../../../analysis/diagnose.ts";
import { worldOfObservations } from "../../../analysis/world/world-of-observations.ts";
import { createGitRepositories } from "../../../vendors/git/index.ts";
import { createProject } from "../../access/index.ts";
import { observeRevisions, recordConfigChange, recordDeployment } from "../../change/index.ts";
import { loadObservedChanges } from "./load-observed-changes.ts";

const git = createGitRepositories({ folder: "/nowhere" });
let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

async function observed(change: Partial<Record<keyof ConfigChangeInput, unknown>>) {
  const { id: projectId } = await createProject(own.database.db, { name: `ghost-${randomUUID()}` });
  const input = configChangeInputSchema.parse({
    ...{ service: "cart", resource_name: "cart", detected_at: new Date(troubleAt - 60_000).toISOString() },
    ...change,
  });
  const { configChangeId } = await recordConfigChange(own, { projectId, input });
  const around = { from: new Date(troubleAt - 3_600_000), to: new Date(troubleAt + 3_600_000) };
  const changes = await loadObservedChanges(own.database.db, { projectId, environment: "production", ...around });
  const stored = await sql<{ diff_payload: unknown }>`
    SELECT diff_payload FROM config_change_events WHERE config_change_id = ${configChangeId}`.execute(own.database.db);
  return { changes, stored: stored.rows[0]?.diff_payload };
}

describe("ghost changes: whatever was changed without a release, once it lies in the window, leads the hypotheses", () => {
  test.each([
    ["image_swap", "k8s_deployment", "config"],
    ["env_var", "k8s_deployment", "config"],
    ["resource_limit", "k8s_deployment", "config"],
    ["replica_count", "k8s_replicaset", "scaling"],
    ["configmap_key", "k8s_configmap", "config"],
    ["secret_key", "k8s_secret", "config"],
    ["db_schema_alter", "db_schema", "migration"],
    ["feature_flag", "feature_flag", "flag"],
  ])("%s of %s", async (change_kind, source, kind) => {
    const { changes } = await observed({
      change_kind,
      source,
      changes: [{ field: "x", old_value: "1", new_value: "2" }],
    });
    expect(changes).toMatchObject([{ kind, component: "default/production/cart" }]);
    const component = changes[0]?.component ?? "";
    const trouble = plainObservations({
      components: [{ key: component }],
      series: [
        { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
        { component, measure: "errors", metric: "failures", before: 0.1, during: 20 },
      ],
      changes: [{ id: "release", minutes: -1, component }],
    });
    const both = { ...trouble, changes: [...trouble.changes, ...changes] };
    expect(diagnose(worldOfObservations(both)).hypotheses[0]?.subject).toEqual({ kind: "change", id: changes[0]?.id });
  });
});

test("a changed field keeps what it was and what it became; of a secret only that it changed", async () => {
  const changes = [{ field: "POOL", old_value: "20", new_value: "2" }];
  const kept = await observed({ change_kind: "env_var", source: "k8s_deployment", changes });
  expect(kept.stored).toMatchObject({ changes });
  const secret = await observed({ change_kind: "secret_key", source: "k8s_secret", changes });
  expect(secret.stored).toEqual({ changes: [expect.objectContaining({ field: "POOL" })] });
  expect(JSON.stringify(secret.stored)).not.toMatch(/20|2"/);
});

/** A service of which revisions are seen one after another, and the titles of what changed. */
async function stock() {
  const { id: projectId } = await createProject(own.database.db, { name: `first-${randomUUID()}` });
  const see = (release: string, minutes: number) =>
    own.database.transaction((tx) =>
      observeRevisions(tx, [
        {
          ...{ projectId, receivedAt: new Date(troubleAt) },
          signal: {
            ...{ service: "stock", environment: "production", release, commitSha: null },
            occurredAt: new Date(troubleAt + minutes * 60_000).toISOString(),
          },
        },
      ]),
    );
  const changes = () => {
    const around = { from: new Date(troubleAt - 3_600_000), to: new Date(troubleAt + 3_600_000) };
    return loadObservedChanges(own.database.db, { projectId, environment: "production", ...around });
  };
  return { projectId, see, changes, titles: async () => (await changes()).map(({ title }) => title) };
}

test("what ran when a service was first heard of suspects nobody", async () => {
  const { see, titles } = await stock();
  await see("4.1.0", -40);
  expect(await titles()).toEqual([]);
  await see("4.2.0", -2);
  expect(await titles()).toEqual(["stock began to run 4.2.0"]);
});

test("a revision that had run before the last one is a rollback, without any repository", async () => {
  const { projectId, see, changes } = await stock();
  await see("4.1.0", -40);
  for (const [release, minutes] of [
    ["4.2.0", -6],
    ["4.1.0", -2],
    ["4.3.0", -1],
  ] as const) {
    const started_at = new Date(troubleAt + minutes * 60_000).toISOString();
    const input = deploymentInputSchema.parse({ service: "stock", release, started_at });
    await recordDeployment({ database: own.database, git }, { projectId, input });
  }
  expect((await changes()).map(({ kind, title }) => [kind, title])).toEqual([
    ["deployment", "stock began to run 4.3.0"],
    ["rollback", "stock went back to 4.1.0"],
    ["deployment", "stock began to run 4.2.0"],
  ]);
});
