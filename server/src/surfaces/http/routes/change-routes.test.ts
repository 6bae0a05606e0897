import { randomUUID } from "node:crypto";
import { configChangeInputSchema, deploymentInputSchema } from "@culprit/contract";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { type ChangeDeps, recordConfigChange, recordDeployment } from "../../../domains/change/index.ts";
import { createLog } from "../../../platform/log/log.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerChangeRoutes } from "./change-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;
let deps: ChangeDeps;
beforeAll(async () => {
  own = await createTestDatabase();
  deps = { database: own.database, git: {} as ChangeDeps["git"] };
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  registerChangeRoutes(app, { database: own.database, keys: new KeyRing(own.database.db) });
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

const sha = (digit: number) => String(digit).repeat(40);
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();

async function newClient() {
  const { id: projectId, apiKey } = await createProject(own.database.db, { name: `p ${randomUUID()}` });
  return {
    deploy: (input: object) => recordDeployment(deps, { projectId, input: deploymentInputSchema.parse(input) }),
    change: (input: object) => recordConfigChange(deps, { projectId, input: configChangeInputSchema.parse(input) }),
    call: async (method: "GET" | "PUT", url: string, payload?: object) => {
      const answer = await app.inject({
        ...{ method, url, headers: { authorization: `Bearer ${apiKey}` } },
        ...(payload === undefined ? {} : { payload }),
      });
      return { status: answer.statusCode, body: answer.json() };
    },
  };
}

test("what runs is listed by service, with how sure its commit is", async () => {
  const { deploy, call } = await newClient();
  await deploy({ service: "cart", commit_sha: sha(1), started_at: at(0) });
  await deploy({ service: "cart", commit_sha: sha(2), started_at: at(5) });
  const workload = {
    ...{ cluster: "eu1", namespace: "shop", name: "tax-v2", labels: { app: "tax" } },
    image_labels: { "org.opencontainers.image.revision": sha(3) },
  };
  await deploy({ workload, started_at: at(1) });
  const { body } = await call("GET", "/api/services");
  expect(body).toMatchObject({
    items: [
      {
        key: "default/production/cart",
        paths: [],
        running: [{ commit_sha: sha(2), since: at(5), mapping_confidence: 1 }],
      },
      { key: "eu1/shop/tax", running: [{ commit_sha: sha(3), mapping_confidence: 1, mapping_source: "oci_label" }] },
    ],
    next_cursor: null,
  });
  const first = await call("GET", "/api/services?limit=1");
  expect(first.body.items).toHaveLength(1);
  const rest = await call("GET", `/api/services?limit=1&cursor=${first.body.next_cursor}`);
  expect(rest.body).toMatchObject({ items: [{ name: "tax" }], next_cursor: null });
});

test("a service's paths are declared, replaced and taken back; another project's service is not found", async () => {
  const [one, other] = [await newClient(), await newClient()];
  await one.deploy({ service: "cart", commit_sha: sha(1) });
  const { id } = (await one.call("GET", "/api/services")).body.items[0];
  const put = (client: typeof one, paths: string[]) => client.call("PUT", `/api/services/${id}/paths`, { paths });
  expect((await put(one, ["/cart/", "/cart/", " /lib/ "])).body).toEqual({ paths: ["/cart/", "/lib/"] });
  expect((await one.call("GET", "/api/services")).body.items[0].paths).toEqual(["/cart/", "/lib/"]);
  expect((await put(other, [])).status).toBe(404);
  expect((await put(one, [])).body).toEqual({ paths: [] });
  expect((await put(one, [""])).status).toBe(400);
});

test("deployments, settings, flags and migrations are one list, newest first, in pages, narrowed by service and time", async () => {
  const { deploy, change, call } = await newClient();
  await deploy({ service: "cart", commit_sha: sha(1), release: "cart@1", started_at: at(0) });
  await deploy({ service: "tax", commit_sha: sha(2), started_at: at(1) });
  const changes = [{ field: "on", old_value: false, new_value: true }];
  await change({
    source: "feature_flag",
    change_kind: "feature_flag",
    resource_name: "new-tax",
    changes,
    detected_at: at(2),
    actor: "ada",
  });
  await change({ service: "cart", resource_name: "pool", changes: [{ field: "size" }], detected_at: at(3) });
  await change({
    source: "db_schema",
    change_kind: "db_schema_alter",
    resource_name: "main: public.orders",
    changes,
    detected_at: at(4),
  });
  const titles = (body: { items: { kind: string; title: string }[] }) =>
    body.items.map(({ kind, title }) => `${kind} ${title}`);
  const all = [
    "migration main: public.orders: on",
    "config pool: size",
    "flag new-tax: on",
    `deployment tax began to run ${sha(2).slice(0, 10)}`,
    "deployment cart began to run cart@1",
  ];
  expect(titles((await call("GET", "/api/changes")).body)).toEqual(all);
  const pages: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await call("GET", `/api/changes?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    pages.push(...titles(body));
    cursor = body.next_cursor;
  }
  expect(pages).toEqual(all);
  expect(titles((await call("GET", "/api/changes?service=cart")).body)).toEqual(
    all.filter((title) => !title.includes("tax began")),
  );
  expect(titles((await call("GET", `/api/changes?from=${at(1)}&to=${at(3)}`)).body)).toEqual(all.slice(2, 4));
  expect((await call("GET", "/api/changes?cursor=nonsense")).status).toBe(400);
});

test("the same change told twice under its sender's id is one", async () => {
  const { change, call } = await newClient();
  const told = { resource_name: "pool", changes: [{ field: "size" }], external_id: "77", detected_at: at(0) };
  const [first, again] = [await change(told), await change(told)];
  expect(again).toEqual(first);
  expect((await call("GET", "/api/changes")).body.items).toHaveLength(1);
});
