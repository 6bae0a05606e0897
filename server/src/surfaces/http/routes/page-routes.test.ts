import { tmpdir } from "node:os";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { registerPageRoutes } from "./page-routes.ts";

test("the address above an incident's own leads to the list of incidents", async () => {
  const app = Fastify();
  await registerPageRoutes(app, {
    ...({ database: {}, keys: {} } as never as Pick<Parameters<typeof registerPageRoutes>[1], "database" | "keys">),
    ...{ webFolder: tmpdir(), isSecure: () => false, startedAt: new Date(), checkEngines: async () => [] },
  });
  const { statusCode, headers } = await app.inject({ url: "/incidents" });
  expect([statusCode, headers.location]).toEqual([302, "/"]);
  await app.close();
});
