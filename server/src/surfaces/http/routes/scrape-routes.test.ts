import { randomBytes } from "node:crypto";
import { addedScrapeTargetSchema, scrapeTargetListSchema } from "@culprit/contract";
import fastifyCookie from "@fastify/cookie";
import Fastify from "fastify";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject, KeyRing } from "../../../domains/access/index.ts";
import { openHttpClient } from "../../../platform/http-client/open-http-client.ts";
import { createLog } from "../../../platform/log/log.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerScrapeRoutes } from "./scrape-routes.ts";

const { database, drop } = await createTestDatabase();
const app = Fastify();
afterAll(async () => {
  await app.close();
  await drop();
});

test("a page that the server's own rules forbid is added with a warning, any other without one", async () => {
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  const http = openHttpClient({ allowPrivate: "127.0.0.0/8" });
  const secretBox = openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" });
  registerScrapeRoutes(app, { database, keys: new KeyRing(database.db), secretBox, http });
  const { apiKey } = await createProject(database.db, { name: "scraped" });
  const headers = { authorization: `Bearer ${apiKey}` };
  const add = async (url: string) => {
    const payload = { url, service: "cart" };
    const reply = await app.inject({ method: "POST", url: "/api/scrape-targets", headers, payload });
    expect(reply.statusCode).toBe(201);
    return addedScrapeTargetSchema.parse(reply.json()).warning;
  };
  expect(await add("http://169.254.169.254/metrics")).toMatch(
    /^This server will not read it: .*169\.254\.169\.254.*CULPRIT_HTTP_ALLOW_PRIVATE/,
  );
  expect(await add("http://127.0.0.1:9090/metrics")).toBeUndefined();
  const list = await app.inject({ method: "GET", url: "/api/scrape-targets", headers });
  expect(scrapeTargetListSchema.parse(list.json()).items).toHaveLength(2);
});
