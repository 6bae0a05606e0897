import { randomUUID } from "node:crypto";
import { type Door, deploymentInputSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitRepositories } from "../../vendors/git/index.ts";
import { createProject } from "../access/index.ts";
import { listChanges } from "./catalogue/list-changes.ts";
import { observeRevisions } from "./observe-revisions.ts";
import { recordDeployment } from "./record-deployment.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

const noon = Date.UTC(2026, 0, 1, 12);
const at = (minute: number) => new Date(noon + minute * 60_000);

/** A project whose services are seen at work and deployed; minutes are those after noon, and all comes in at `receivedAt`. */
async function newShop() {
  const { id: projectId } = await createProject(own.database.db, { name: `seen-${randomUUID()}` });
  const deps = { database: own.database, git: createGitRepositories({ folder: "/nowhere" }) };
  const sighting = (
    minute: number,
    release: string,
    { service = "stock", door = undefined as Door | undefined } = {},
  ) => ({
    projectId,
    signal: {
      ...{ service, environment: "production", release, commitSha: null, occurredAt: at(minute).toISOString() },
      ...(door === undefined ? {} : { door }),
    },
    receivedAt: at(600),
  });
  return {
    projectId,
    /** One request. */
    see: (...args: Parameters<typeof sighting>) =>
      own.database.transaction((tx) => observeRevisions(tx, [sighting(...args)])),
    deploy: (minute: number, release: string, rest: object = {}) =>
      recordDeployment(deps, {
        projectId,
        input: deploymentInputSchema.parse({
          service: "stock",
          release,
          started_at: at(minute).toISOString(),
          ...rest,
        }),
      }),
    /** Deployments that a user is told of, oldest first: release and minute. */
    async deployments() {
      const { items } = await listChanges(own.database.db, { projectId, limit: 100 });
      return items
        .map(({ title, at: time }) => [title.split(" ").at(-1), (Date.parse(time) - noon) / 60_000] as const)
        .reverse();
    },
    /** Spans of the timeline: release, from, to. */
    async timeline() {
      const { rows } = await sql<{ release: string; from_at: Date; to_at: Date | null }>`
        SELECT release, from_at, to_at FROM service_revisions WHERE project_id = ${projectId} ORDER BY from_at`.execute(
        own.database.db,
      );
      const minute = (time: Date | null) => (time === null ? null : (time.getTime() - noon) / 60_000);
      return rows.map(({ release, from_at, to_at }) => [release, minute(from_at), minute(to_at)]);
    },
    rows: async () =>
      (
        await sql<{ origin: string; release: string }>`
          SELECT origin, release FROM deployment_events WHERE project_id = ${projectId} ORDER BY started_at`.execute(
          own.database.db,
        )
      ).rows,
  };
}

describe("what ran when a service was first heard of", () => {
  test("is no deployment, however many doors tell of it at once", async () => {
    const shop = await newShop();
    await Promise.all(Array.from({ length: 8 }, (_, n) => shop.see(n / 6000, "4.1.0")));
    expect(await shop.timeline()).toEqual([["4.1.0", 0, null]]);
    expect(await shop.rows()).toEqual([]);
  });

  test("is none either where the service was known for long without a version", async () => {
    const shop = await newShop();
    await sql`INSERT INTO services (service_id, project_id, namespace, service_name, created_at)
      VALUES (${randomUUID()}, ${shop.projectId}, 'production', 'stock', now() - interval '1 day')`.execute(
      own.database.db,
    );
    await shop.see(0, "4.1.0");
    expect(await shop.rows()).toEqual([]);
  });

  test("is one once telemetry that comes later tells of what ran before it", async () => {
    const shop = await newShop();
    await shop.see(30, "4.2.0");
    await shop.see(0, "4.1.0");
    expect(await shop.deployments()).toEqual([["4.2.0", 30]]);
  });
});

describe("telemetry that comes late, or in another order", () => {
  test("of an unchanged version makes one span from its first instant and no deployment", async () => {
    const shop = await newShop();
    for (const minute of [130, 100, 115, 0, 120, 61, 99, 131]) await shop.see(minute, "4.1.0");
    expect(await shop.timeline()).toEqual([["4.1.0", 0, null]]);
    expect(await shop.deployments()).toEqual([]);
  });

  test.each([[[0, 20, 40, 60]], [[60, 40, 20, 0]], [[40, 0, 60, 20]], [[20, 60, 0, 40]]])(
    "of a change between minutes 20 and 40 dates it to 40, in the order %j",
    async (order) => {
      const shop = await newShop();
      for (const minute of order) await shop.see(minute, minute < 30 ? "4.1.0" : "4.2.0");
      expect(await shop.timeline()).toEqual([
        ["4.1.0", 0, 40],
        ["4.2.0", 40, null],
      ]);
      expect(await shop.deployments()).toEqual([["4.2.0", 40]]);
    },
  );

  test("an error whose clock is a day behind says nothing of when its version began", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.see(500, "4.2.0");
    await shop.see(-1440, "4.2.0", { door: "sentry" });
    expect(await shop.timeline()).toEqual([
      ["4.1.0", 0, 500],
      ["4.2.0", 500, null],
    ]);
  });
});

describe("one deployment", () => {
  test("that requests at the same time tell of is one row", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await Promise.all([30.02, 30, 30.01, 30.03].map((minute) => shop.see(minute, "4.2.0")));
    expect(await shop.timeline()).toEqual([
      ["4.1.0", 0, 30],
      ["4.2.0", 30, null],
    ]);
    expect(await shop.deployments()).toEqual([["4.2.0", 30]]);
  });

  test("that is seen first and told then is one, with the facts of the report and the earlier instant", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.see(30, "4.2.0");
    const commit_sha = "a".repeat(40);
    const { deploymentEventId } = await shop.deploy(30.5, "4.2.0", {
      commit_sha,
      deployment_id: "d1",
      deploy_type: "helm",
    });
    expect(await shop.deploy(30.5, "4.2.0", { commit_sha, deployment_id: "d1" })).toMatchObject({ deploymentEventId });
    await shop.see(29.5, "4.2.0");
    expect(await shop.rows()).toEqual([{ origin: "reported", release: "4.2.0" }]);
    expect(await shop.deployments()).toEqual([["4.2.0", 29.5]]);
  });

  test("that is told first and seen then is one, also where it was seen a little before", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.deploy(30, "4.2.0");
    await shop.see(31, "4.2.0");
    await shop.see(29.9, "4.2.0");
    expect(await shop.deployments()).toEqual([["4.2.0", 29.9]]);
    await shop.see(29.95, "4.1.0");
    expect(await shop.timeline()).toHaveLength(2);
  });

  test("that is told long before its first request is one", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.see(200, "4.2.0");
    await shop.deploy(30, "4.2.0");
    expect(await shop.deployments()).toEqual([["4.2.0", 30]]);
    expect(await shop.rows()).toEqual([{ origin: "reported", release: "4.2.0" }]);
  });

  test("that is told with the cluster, which telemetry does not know, is one", async () => {
    const shop = await newShop();
    const workload = { cluster: "eu-1", namespace: "shop", name: "stock" };
    await shop.see(0, "4.1.0");
    await shop.see(30, "4.2.0");
    await shop.deploy(30.5, "4.2.0", { workload });
    expect(await shop.rows()).toEqual([{ origin: "reported", release: "4.2.0" }]);
    await shop.deploy(90, "4.3.0", { workload });
    await shop.see(91, "4.3.0");
    expect(await shop.rows()).toHaveLength(2);
  });

  test.each([
    ["told first", ["told", 30.5, 31, 50]],
    ["seen first", [30, "told", 31, 50]],
    ["told first and seen before", ["told", 30, 31, 50]],
  ])("that is told by its commit alone and seen by its version is one: %s", async (_what, order) => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    for (const one of order)
      if (typeof one === "number") await shop.see(one, "4.2.0");
      else await shop.deploy(30.4, "", { release: null, commit_sha: "b".repeat(40) });
    await shop.see(40, "4.1.0");
    expect(await shop.rows()).toEqual([{ origin: "reported", release: "4.2.0" }]);
    expect(await shop.timeline()).toEqual([
      ["4.1.0", 0, expect.any(Number)],
      ["4.2.0", expect.any(Number), null],
    ]);
  });

  test("told by its commit alone is not named after the version before, which still answers", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.deploy(30, "", { release: null, commit_sha: "b".repeat(40) });
    await shop.see(35, "4.1.0");
    expect(await shop.timeline()).toEqual([
      ["4.1.0", 0, 30],
      [null, 30, null],
    ]);
  });

  test("is not the next one of the same version, hours later", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await shop.see(30, "4.2.0");
    await shop.deploy(300, "4.2.0");
    expect(await shop.deployments()).toEqual([
      ["4.2.0", 30],
      ["4.2.0", 300],
    ]);
  });
});

describe("a canary", () => {
  /** Each version every three minutes, over these minutes. */
  const both = async (shop: Awaited<ReturnType<typeof newShop>>, from: number, to: number, versions: string[]) => {
    for (let minute = from; minute < to; minute += 3) for (const one of versions) await shop.see(minute, one);
  };

  test("of two versions that run side by side for hours is one deployment", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await both(shop, 30, 210, ["4.2.0", "4.1.0"]);
    await shop.see(240, "4.2.0");
    expect(await shop.deployments()).toEqual([["4.2.0", 30]]);
    expect(await shop.timeline()).toEqual([
      ["4.1.0", 0, 30],
      ["4.2.0", 30, null],
    ]);
  });

  test("that is asked for now and then is one deployment too", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    for (let minute = 30; minute < 210; minute += 3) {
      await shop.see(minute, "4.1.0");
      if (minute % 45 === 30) await shop.see(minute, "4.2.0");
    }
    expect(await shop.deployments()).toEqual([["4.2.0", 30]]);
  });

  test("that was taken away ended when it was last seen", async () => {
    const shop = await newShop();
    await shop.see(0, "4.1.0");
    await both(shop, 30, 60, ["4.2.0", "4.1.0"]);
    await both(shop, 60, 180, ["4.1.0"]);
    const deployments = await shop.deployments();
    expect(deployments.map(([release]) => release)).toEqual(["4.2.0", "4.1.0"]);
    expect(deployments[1]?.[1]).toBeGreaterThan(50);
    expect(deployments[1]?.[1]).toBeLessThan(60);
  });

  test("is told from going back to what fell silent", async () => {
    const shop = await newShop();
    await both(shop, 0, 30, ["4.1.0"]);
    await both(shop, 30, 60, ["4.2.0"]);
    await both(shop, 60, 90, ["4.1.0"]);
    expect(await shop.deployments()).toEqual([
      ["4.2.0", 30],
      ["4.1.0", 60],
    ]);
  });
});
