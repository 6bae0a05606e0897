import { topologySchema } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { observeEdges, postgresTopology } from "../../../domains/change/index.ts";
import type { Engines } from "../../open-engines.ts";
import { topology } from "./topology.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
  const { id: projectId } = await createProject(own.database.db, { name: "shop" });
  const edge = (from: string, to: string) => ({
    ...{ projectId, environment: "production", engine: null, source: "manual" as const, seenAt: new Date() },
    ...{ fromKey: `default/production/${from}`, toKey: to.includes(":") ? to : `default/production/${to}` },
  });
  await observeEdges(own.database.db, [edge("web", "cart"), edge("cart", "pricing"), edge("cart", "database:orders")]);
});
afterAll(() => own.drop());

function run(words: readonly string[], flags: Record<string, string | boolean> = {}) {
  const engines = {
    topology: postgresTopology(own.database),
    close: async () => undefined,
  } as Partial<Engines> as Engines;
  const parts = { openDatabase: async () => own.database, openEngines: async () => engines };
  return runCommand(topology, { words, flags, ...parts });
}

test("what a service calls stands apart from what calls it, and its short name is enough", async () => {
  const text = (await run(["cart"])).printed.join("\n");
  const [called = "", callers = ""] = text.split("What calls it");
  expect(called).toContain("default/production/pricing");
  expect(called).toContain("database:orders");
  expect(called).not.toContain("/web");
  expect(callers).toContain("default/production/web");
  expect(callers).toMatch(/Commits deployed here and around since .*: none/);
});

test("as JSON it is the API's answer with the commits", async () => {
  const { printed } = await run(["cart"], { json: true, hops: "1" });
  const reply = JSON.parse(printed[0] ?? "");
  const { nodes, edges } = topologySchema.parse(reply);
  expect(nodes.map(({ key, hops }) => [key, hops])).toContainEqual(["default/production/cart", 0]);
  expect(edges).toHaveLength(3);
  expect(reply.commits).toEqual([]);
});

test("without a service those that are known are listed; what is none is refused with what there is", async () => {
  expect((await run([])).printed).toEqual(["cart", "pricing", "web"].map((name) => `default/production/${name}`));
  await expect(run(["crat"])).rejects.toThrow("Did you mean cart?");
  await expect(run(["cart"], { hops: "9" })).rejects.toThrow('--hops must be at most 5; it is "9"');
  await expect(run(["cart"], { since: "noon" })).rejects.toThrow('--since is "noon"');
});
