import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { makeProject } from "../../../../../test/database/make-project.ts";
import { observeEdges } from "../topology/observe-edges.ts";
import { serviceKeys } from "./service-keys.ts";

const { database, drop } = await createTestDatabase();
afterAll(drop);

test("keys are told by their ending, in whole parts and any script, and those of another project are not", async () => {
  const [projectId, otherId] = [await makeProject(database), await makeProject(database)];
  const call = (toKey: string, of = projectId) => ({
    ...{ projectId: of, environment: "production", fromKey: "default/production/web", toKey },
    ...{ engine: null, source: "manual" as const, seenAt: new Date("2026-05-01T12:00:00Z") },
  });
  const keys = ["prod/shop/cart", "prod/shop/old-cart", "prod/bank/cart", "prod/shop/🛒 wagen"];
  await observeEdges(database.db, [...keys.map((key) => call(key)), call("prod/other/cart", otherId)]);
  expect(await serviceKeys(database.db, projectId, "cart")).toEqual(["prod/bank/cart", "prod/shop/cart"]);
  expect(await serviceKeys(database.db, projectId, "shop/cart")).toEqual(["prod/shop/cart"]);
  expect(await serviceKeys(database.db, projectId, "🛒 wagen")).toEqual(["prod/shop/🛒 wagen"]);
  expect(await serviceKeys(database.db, projectId)).toHaveLength(5);
});
