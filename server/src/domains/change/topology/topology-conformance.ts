import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject } from "../../../../../test/database/make-project.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { observeEdges } from "./observe-edges.ts";
import type { Topology, TopologyQuery } from "./topology-port.ts";

/** An engine under test. */
export interface TopologyUnderTest {
  readonly database: Database;
  readonly topology: Topology;
  /** Returns when the engine has everything that is in the tables. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const SEEN_AT = new Date("2026-05-01T12:00:00Z");
const key = (name: string) => `default/production/${name}`;

/**
 * What every engine behind the port `Topology` does. The scene: web calls cart and search; cart calls prices, a database and a payment
 * provider; prices calls cart back (a circle) and a cache; staging and another project have edges of the same names.
 */
export function describeTopology(name: string, open: () => Promise<TopologyUnderTest>): void {
  describe(`topology: ${name}`, () => {
    let engine: TopologyUnderTest;
    let projectId: string;
    let otherId: string;
    const at = (serviceKey: string, hopsMax = 5): TopologyQuery => ({
      projectId,
      environment: "production",
      serviceKey,
      hopsMax,
    });
    const told = (nodes: readonly { key: string; hops: number }[]) => nodes.map((node) => `${node.hops} ${node.key}`);

    beforeAll(async () => {
      engine = await open();
      projectId = await makeProject(engine.database);
      otherId = await makeProject(engine.database);
      const edge = (from: string, toKey: string, more: object = {}) => ({
        ...{
          projectId,
          environment: "production",
          fromKey: key(from),
          toKey,
          engine: null,
          source: "traces" as const,
          seenAt: SEEN_AT,
        },
        ...more,
      });
      await observeEdges(engine.database.db, [
        edge("web", key("cart")),
        edge("web", key("search")),
        edge("cart", key("prices")),
        edge("cart", "database:orders", { engine: "postgresql" }),
        edge("cart", "external:api.pay.example.com", { source: "manual" }),
        edge("prices", key("cart")),
        edge("prices", "cache:orders", { engine: "redis" }),
        edge("cart", key("mocks"), { environment: "staging" }),
        edge("cart", key("secret"), { projectId: otherId }),
      ]);
      await deploy(engine.database, { projectId, name: "prices", startedAt: "2026-05-01T10:00:00Z", shas: ["a", "b"] });
      await deploy(engine.database, { projectId, name: "web", startedAt: "2026-05-01T11:00:00Z", shas: ["c"] });
      await deploy(engine.database, { projectId, name: "search", startedAt: "2026-04-01T11:00:00Z", shas: ["d"] });
      await deploy(engine.database, {
        projectId: otherId,
        name: "cart",
        startedAt: "2026-05-01T11:30:00Z",
        shas: ["e"],
      });
      await engine.settle();
    });
    afterAll(() => engine?.close());

    test("downstream dependencies are told nearest first, each once, with what they are, although calls go in a circle", async () => {
      expect(await engine.topology.dependenciesOf(at(key("web")))).toEqual(
        [
          { kind: "service", key: key("cart"), name: "cart", detail: null, hops: 1 },
          { kind: "service", key: key("search"), name: "search", detail: null, hops: 1 },
          { kind: "database", key: "database:orders", name: "orders", detail: "postgresql", hops: 2 },
          { kind: "service", key: key("prices"), name: "prices", detail: null, hops: 2 },
          {
            kind: "dependency",
            key: "external:api.pay.example.com",
            name: "api.pay.example.com",
            detail: "external",
            hops: 2,
          },
          { kind: "dependency", key: "cache:orders", name: "orders", detail: "cache", hops: 3 },
        ].toSorted((a, b) => a.hops - b.hops || (a.key < b.key ? -1 : 1)),
      );
    });

    test("hops bound how far is looked", async () => {
      expect(told(await engine.topology.dependenciesOf(at(key("web"), 1)))).toEqual([
        `1 ${key("cart")}`,
        `1 ${key("search")}`,
      ]);
      expect(await engine.topology.dependenciesOf(at(key("web"), 0))).toEqual([]);
    });

    test("the blast radius of a service is who calls it, through others as well", async () => {
      expect(told(await engine.topology.dependentsOf(at(key("prices"))))).toEqual([
        `1 ${key("cart")}`,
        `2 ${key("web")}`,
      ]);
    });

    test("a database is a place to ask about, and is told from a cache of the same name", async () => {
      expect(told(await engine.topology.dependentsOf(at("database:orders", 1)))).toEqual([`1 ${key("cart")}`]);
      expect(told(await engine.topology.dependentsOf(at("cache:orders", 1)))).toEqual([`1 ${key("prices")}`]);
    });

    test("the neighbourhood holds the place, both directions, and the edges among them with how they are known", async () => {
      const { nodes, edges } = await engine.topology.neighbourhood(at(key("cart"), 1));
      expect(told(nodes)).toEqual(
        [
          `0 ${key("cart")}`,
          "1 database:orders",
          `1 ${key("prices")}`,
          `1 ${key("web")}`,
          "1 external:api.pay.example.com",
        ].toSorted((a, b) => Number(a[0]) - Number(b[0]) || (a.slice(2) < b.slice(2) ? -1 : 1)),
      );
      expect(edges.map(({ fromKey, toKey, source }) => `${fromKey} > ${toKey} ${source}`)).toEqual(
        [
          `${key("cart")} > database:orders traces`,
          `${key("cart")} > ${key("prices")} traces`,
          `${key("cart")} > external:api.pay.example.com manual`,
          `${key("prices")} > ${key("cart")} traces`,
          `${key("web")} > ${key("cart")} traces`,
        ].toSorted(),
      );
      expect(edges.map(({ lastSeenAt }) => lastSeenAt)).toEqual(edges.map(() => SEEN_AT));
    });

    test("commits that touched services in the blast radius: those of the window, newest deployment first, none of another project", async () => {
      const commits = await engine.topology.commitsTouching({
        ...at(key("cart")),
        since: new Date("2026-05-01T00:00:00Z"),
      });
      expect(commits.map(({ sha, serviceKey }) => `${sha[0]} ${serviceKey}`)).toEqual([
        `c ${key("web")}`,
        `b ${key("prices")}`,
        `a ${key("prices")}`,
      ]);
      expect(commits[0]).toMatchObject({
        repo: "https://git.example.com/shop.git",
        startedAt: new Date("2026-05-01T11:00:00Z"),
      });
      expect(commits[0]?.authoredAt).toEqual(new Date("2026-04-30T00:00:00Z"));
    });

    test("neither another environment nor another project is told of, and an unknown place has no neighbours", async () => {
      const all = JSON.stringify(await engine.topology.neighbourhood(at(key("cart"))));
      expect(all).not.toContain("mocks");
      expect(all).not.toContain("secret");
      expect(told(await engine.topology.dependenciesOf({ ...at(key("cart")), environment: "staging" }))).toEqual([
        `1 ${key("mocks")}`,
      ]);
      expect(await engine.topology.neighbourhood(at(key("nobody")))).toEqual({ nodes: [], edges: [] });
      expect(await engine.topology.neighbourhood(at("no key at all"))).toEqual({ nodes: [], edges: [] });
    });

    test("a later sight moves an edge on, and a removed service is gone with its edges", async () => {
      const own = await makeProject(engine.database);
      const edge = { projectId: own, environment: "production", engine: null, source: "traces" as const };
      const web = { ...edge, fromKey: key("web"), toKey: key("old"), seenAt: SEEN_AT };
      await observeEdges(engine.database.db, [web, { ...web, toKey: key("cart") }]);
      await engine.settle();
      const later = new Date(SEEN_AT.getTime() + 3 * 3_600_000);
      await observeEdges(engine.database.db, [{ ...web, toKey: key("cart"), seenAt: later }]);
      await engine.database.db
        .deleteFrom("services")
        .where("project_id", "=", own)
        .where("service_name", "=", "old")
        .execute();
      await engine.settle();
      const { nodes, edges } = await engine.topology.neighbourhood({ ...at(key("web")), projectId: own });
      expect(told(nodes)).toEqual([`0 ${key("web")}`, `1 ${key("cart")}`]);
      expect(edges.map(({ toKey, lastSeenAt }) => [toKey, lastSeenAt])).toEqual([[key("cart"), later]]);
      // The same names in the first project are untouched.
      expect(told(await engine.topology.dependenciesOf(at(key("web"), 1)))).toEqual([
        `1 ${key("cart")}`,
        `1 ${key("search")}`,
      ]);
    });

    test("more neighbours than an answer may hold are cut to the nearest, the first by key", async () => {
      const own = await makeProject(engine.database);
      const names = Array.from({ length: 600 }, (_, n) => `s${String(n).padStart(3, "0")}`);
      const edge = {
        projectId: own,
        environment: "production",
        engine: null,
        source: "traces" as const,
        seenAt: SEEN_AT,
      };
      await observeEdges(
        engine.database.db,
        names.map((to) => ({ ...edge, fromKey: key("hub"), toKey: key(to) })),
      );
      await engine.settle();
      const nodes = await engine.topology.dependenciesOf({ ...at(key("hub")), projectId: own });
      expect(nodes.map((node) => node.name)).toEqual(names.slice(0, 500));
    });

    test("it says that it is well", async () => {
      expect(await engine.topology.check()).toMatchObject({ engine: engine.topology.engine, isHealthy: true });
    });
  });
}

/** A deployment of the service `default/production/<name>` with commits whose ids begin with the given letters, the later one authored later. */
async function deploy(
  { owner: db }: Database,
  { projectId, name, startedAt, shas }: { projectId: string; name: string; startedAt: string; shas: readonly string[] },
): Promise<void> {
  const { service_id } = await db
    .selectFrom("services")
    .select("service_id")
    .where("project_id", "=", projectId)
    .where("service_name", "=", name)
    .executeTakeFirstOrThrow();
  const id = newId();
  const full = shas.map((sha) => (sha + id.replaceAll("-", "")).padEnd(40, "0"));
  await db
    .insertInto("commits")
    .values(
      full.map((commit_sha, n) => ({
        ...{ commit_sha, repo: "https://git.example.com/shop.git", message: "a change" },
        authored_at: new Date(Date.UTC(2026, 3, 30 + n)),
      })),
    )
    .execute();
  await db
    .insertInto("deployment_events")
    .values({
      ...{ deployment_event_id: id, project_id: projectId, service_id, environment: "production" },
      ...{ started_at: new Date(startedAt), deploy_type: "other", commit_sha: full.at(-1) ?? null },
    })
    .execute();
  await db
    .insertInto("deployment_commit_ranges")
    .values({ deployment_event_id: id, project_id: projectId, current_revision: full.at(-1) ?? "", commit_shas: full })
    .execute();
}
