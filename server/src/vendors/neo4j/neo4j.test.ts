import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { makeProject } from "../../../../test/database/make-project.ts";
import { hasNeo4j, type RunningNeo4j, startNeo4j } from "../../../../test/engines/start-neo4j.ts";
import { observeEdges } from "../../domains/change/topology/observe-edges.ts";
import { describeTopology } from "../../domains/change/topology/topology-conformance.ts";
import { topologyProjection } from "../../domains/change/topology/topology-projection.ts";
import { Projector } from "../../platform/engines/projector.ts";
import { createLog } from "../../platform/log/log.ts";
import { neo4jClient, neo4jCopy, neo4jTopology } from "./index.ts";

const log = createLog("silent");

test("a Neo4j that does not answer is told with its address and what to check, and never with the password", async () => {
  const client = neo4jClient({ url: "bolt://127.0.0.1:9", user: "neo4j", password: "hunter2", database: "" });
  const health = await neo4jTopology(client).check();
  expect(health).toMatchObject({ engine: "neo4j", isHealthy: false });
  expect(health.message).toContain("127.0.0.1:9");
  expect(health.message).toContain("NEO4J_URL");
  expect(health.message).not.toContain("hunter2");
  await expect(client.read({ text: "RETURN 1" })).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  await client.close();
});

if (hasNeo4j)
  describe("the real Neo4j", () => {
    let server: RunningNeo4j;
    beforeAll(async () => {
      server = await startNeo4j();
    }, 120_000);
    afterAll(() => server?.stop());

    const open = async () => {
      const { database, drop } = await createTestDatabase();
      const client = neo4jClient({ ...server, database: "" });
      const projection = topologyProjection(database, neo4jCopy(client));
      const projector = new Projector({ database, projection, log });
      const close = async () => {
        await projector.stop();
        await client.close();
        await drop();
      };
      return {
        database,
        client,
        projection,
        projector,
        topology: neo4jTopology(client),
        settle: () => projector.catchUp(),
        close,
      };
    };

    describeTopology("Neo4j", open);

    test("it has the documented constraints, labels, properties and relationship types", async () => {
      const { database, client, settle, close } = await open();
      const constraints = await client.read<{
        name: string;
        type: string;
        labelsOrTypes: string[];
        properties: string[];
      }>({ text: "SHOW CONSTRAINTS" });
      expect(
        constraints.map(
          ({ name, type, labelsOrTypes, properties }) => `${name} ${type} ${labelsOrTypes[0]}.${properties[0]}`,
        ),
      ).toEqual(
        expect.arrayContaining(["service_key UNIQUENESS Service.service_key", "commit_sha UNIQUENESS Commit.sha"]),
      );
      const projectId = await makeProject(database);
      await observeEdges(database.db, [
        {
          ...{
            projectId,
            environment: "production",
            fromKey: "eu/shop/web",
            toKey: "database:orders",
            engine: "postgresql",
          },
          ...{ source: "traces", seenAt: new Date() },
        },
      ]);
      await settle();
      const [row] = await client.read<{ s: object; d: object; type: string }>({
        text: "MATCH (s:Service {service_key: 'eu/shop/web'})-[r:DEPENDS_ON]->(d:Database) RETURN properties(s) AS s, properties(d) AS d, type(r) AS type",
      });
      expect(row).toEqual({
        s: { service_key: "eu/shop/web", cluster_id: "eu", namespace: "shop", name: "web", project_ids: [projectId] },
        d: { name: "orders", engine: "postgresql" },
        type: "DEPENDS_ON",
      });
      await close();
    });

    test("a database whose engine becomes known is one node, the newer one", async () => {
      const { database, client, settle, close } = await open();
      const projectId = await makeProject(database);
      const edge = {
        projectId,
        environment: "production",
        fromKey: "eu/late/web",
        toKey: "database:late",
        source: "traces" as const,
        seenAt: new Date(),
      };
      await observeEdges(database.db, [{ ...edge, engine: null }]);
      await settle();
      await observeEdges(database.db, [{ ...edge, engine: "mysql" }]);
      await settle();
      expect(await client.read({ text: "MATCH (d:Database {name: 'late'}) RETURN d.engine AS engine" })).toEqual([
        { engine: "mysql" },
      ]);
      await close();
    });

    test("two projects with a service of the same key share its node, and none sees the other's calls; one that goes leaves the other's", async () => {
      const { database, client, topology, settle, close } = await open();
      const [one, two] = [await makeProject(database), await makeProject(database)];
      const edge = {
        environment: "production",
        fromKey: "eu/both/web",
        engine: null,
        source: "traces" as const,
        seenAt: new Date(),
      };
      await observeEdges(database.db, [
        { ...edge, projectId: one, toKey: "eu/both/one" },
        { ...edge, projectId: two, toKey: "eu/both/two" },
      ]);
      await settle();
      const seenBy = async (projectId: string) =>
        (
          await topology.dependenciesOf({ projectId, environment: "production", serviceKey: "eu/both/web", hopsMax: 5 })
        ).map(({ name }) => name);
      expect(await seenBy(one)).toEqual(["one"]);
      expect(await seenBy(two)).toEqual(["two"]);
      await database.owner.deleteFrom("projects").where("id", "=", one).execute();
      await settle();
      expect(await seenBy(two)).toEqual(["two"]);
      expect(await client.read({ text: "MATCH (s:Service {service_key: 'eu/both/one'}) RETURN s" })).toEqual([]);
      await close();
    });

    test("an empty Neo4j is filled from the tables, and a rebuild takes away what they do not hold", async () => {
      const { database, client, projector, close } = await open();
      const projectId = await makeProject(database);
      const edge = {
        projectId,
        environment: "production",
        engine: null,
        source: "traces" as const,
        seenAt: new Date(),
      };
      const edges = Array.from({ length: 300 }, (_, n) => ({
        ...edge,
        fromKey: `eu/fill/s${n}`,
        toKey: `eu/fill/s${n + 1}`,
      }));
      await observeEdges(database.db, edges);
      await client.write([{ text: "MERGE (:Service {service_key: 'eu/fill/stale'})" }]);
      await projector.rebuild();
      const seen: string[] = [];
      await projector.catchUp(({ state, rowsDone, rowsTotal }) => seen.push(`${state} ${rowsDone}/${rowsTotal}`));
      expect(seen).toContain("filling 250/601");
      expect(seen.at(-1)).toBe("ready 601/601");
      const [counts] = await client.read({
        text: "MATCH (s:Service) WHERE s.service_key STARTS WITH 'eu/fill/' OPTIONAL MATCH (s)-[d:DEPENDS_ON]->() RETURN count(DISTINCT s) AS services, count(d) AS edges",
      });
      expect(counts).toEqual({ services: 301, edges: 300 });
      await close();
    });

    test("a wrong password is an error that names the settings", async () => {
      const client = neo4jClient({ ...server, password: "wrong", database: "" });
      const { message } = await neo4jTopology(client).check();
      expect(message).toContain("NEO4J_PASSWORD");
      expect(message).not.toContain("wrong ");
      await client.close();
    });
  });
else
  test.skip(
    "the real Neo4j passes the topology's conformance suite (mvn -q compile in tools/engines/neo4j, with Java 17)",
  );
