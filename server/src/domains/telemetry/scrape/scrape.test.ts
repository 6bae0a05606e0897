import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { MetricSample } from "@culprit/contract";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openHttpClient } from "../../../platform/http-client/open-http-client.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { createProject } from "../../access/index.ts";
import { claimDueTargets } from "./claim-due-targets.ts";
import { addScrapeTarget, listScrapeTargets, removeScrapeTarget, switchScrapeTarget } from "./manage-targets.ts";
import { readPage } from "./read-page.ts";
import { Scraper } from "./scraper.ts";

const who = { type: "user", id: null, name: "ann" } as const;
const limits = { scrapeBytesMax: 100_000, scrapeSamplesMax: 1000 };
const http = openHttpClient({ allowPrivate: "127.0.0.1" });
const secretBox = openSecretBox({ secret: "a secret of thirty-two characters!", dataDir: "/nowhere" });
const servers: Server[] = [];
let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => test_.drop());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}
const page = (text: string, type = "text/plain; version=0.0.4") =>
  serve((_request, response) => response.writeHead(200, { "content-type": type }).end(text));

let projects = 0;
async function newProject(): Promise<string> {
  projects += 1;
  const { id } = await createProject(test_.database.db, { name: `scrape ${projects}` });
  return fromPublicId("proj", id);
}
const input = (url: string, more: object = {}) => ({
  url,
  service: "cart",
  environment: "production",
  labels: {},
  interval_s: 15,
  timeout_s: 2,
  ...more,
});
const due = (url: string, more: object = {}) => ({
  ...{ id: "t", projectId: "p", url, serviceKey: "default/production/cart", environment: "production" },
  ...{ labels: { zone: "a" }, timeoutS: 1, authorization: null, ...more },
});
const now = () => new Date("2026-03-01T12:00:00.000Z");
const read = (url: string, more: object = {}) => readPage(http, due(url, more), { limits, now });
const brief = (samples: readonly MetricSample[]) => samples.map(({ metric, value }) => [metric, value]);

describe("a page", () => {
  test("brings its series with their kinds, the target's labels and instance, and what the reading itself was like", async () => {
    const url = await page('# TYPE jobs counter\njobs{instance="own"} 3\nload 0.5 1772366000000\nbad NaN\n');
    const { samples, error, read: count } = await read(url);
    expect([error, count]).toEqual([null, 2]);
    expect(samples[0]).toMatchObject({
      metric: "jobs",
      kind: "counter",
      labels: { instance: "own", zone: "a" },
      atMs: now().getTime(),
    });
    expect(samples[1]).toMatchObject({
      metric: "load",
      kind: "gauge",
      labels: { instance: new URL(url).host, zone: "a" },
      atMs: 1_772_366_000_000,
    });
    expect(brief(samples.slice(2))).toEqual([
      ["up", 1],
      ["scrape_duration_seconds", 0],
      ["scrape_samples_scraped", 2],
    ]);
  });

  test("OpenMetrics is asked for and told by the content type", async () => {
    const type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    expect(
      (await read(await page("# TYPE a counter\na_total 1 1772366000.5\n# EOF\n", type))).samples[0],
    ).toMatchObject({ metric: "a_total", kind: "counter", atMs: 1_772_366_000_500 });
    expect((await read(await page("a_total 1\n", type))).error).toContain("# EOF");
  });

  test.each([
    ["a line that is none", () => page("a 1\nb 2\n<html>"), "Line 3"],
    ["too many samples", () => page("a 1\n".repeat(1001)), "1000 samples"],
    ["too many bytes", () => page(`# ${"x".repeat(200_000)}\n`), "larger"],
    ["an error", () => serve((_request, response) => response.writeHead(503).end("a 1\n")), "503"],
    [
      "a redirect",
      () => serve((_request, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end()),
      "302",
    ],
    ["silence", () => serve(() => undefined), "1000 ms"],
  ])("%s brings nothing but up 0 and the reason", async (_what, start, why) => {
    const { samples, error, read: count } = await read(await start());
    expect(brief(samples)[0]).toEqual(["up", 0]);
    expect([samples.length, count]).toEqual([3, 0]);
    if (why !== "larger" && why !== "1000 ms") expect(error).toContain(why);
    else expect(error).not.toBeNull();
  });

  test("a private address that no setting names is not called", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.end();
    });
    const { error } = await readPage(openHttpClient({ allowPrivate: "" }), due(url), { limits, now });
    expect([error, calls]).toEqual([expect.stringContaining("CULPRIT_HTTP_ALLOW_PRIVATE"), 0]);
  });
});

describe("targets", () => {
  test("are added, listed, switched and removed, each time with a row in the audit log and never with what authorizes", async () => {
    const projectId = await newProject();
    const { database } = test_;
    const request = { ...input("http://a.test/metrics", { authorization: "Bearer hunter2secret" }), projectId };
    const target = await addScrapeTarget(database, secretBox, who, request);
    expect(target).toMatchObject({ service_key: "default/production/cart", health: "new", is_enabled: true });
    await expect(addScrapeTarget(database, secretBox, who, request)).rejects.toMatchObject({ code: "CONFLICT" });
    const id = fromPublicId("scr", target.id);
    expect(await switchScrapeTarget(database, who, { id, isEnabled: false })).toMatchObject({ is_enabled: false });
    const { items } = await listScrapeTargets(database.db, { projectId, limit: 10 });
    expect(items.map((item) => item.id)).toEqual([target.id]);
    await removeScrapeTarget(database, who, id);
    await expect(removeScrapeTarget(database, who, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { rows } = await database.pool.query(
      "SELECT action, details FROM audit_log WHERE project_id = $1 AND target_type = 'scrape_target' ORDER BY id",
      [projectId],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      "scrape_target.added",
      "scrape_target.disabled",
      "scrape_target.removed",
    ]);
    expect(JSON.stringify([target, items, rows])).not.toContain("hunter2secret");
  });

  test("another's project neither sees, switches nor removes one", async () => {
    const { database } = test_;
    const target = await addScrapeTarget(database, secretBox, who, {
      ...input("http://b.test/metrics"),
      projectId: await newProject(),
    });
    const stranger = database.asTenant({ userId: null, projectId: await newProject() });
    const id = fromPublicId("scr", target.id);
    expect((await listScrapeTargets(stranger.db, { projectId: null, limit: 10 })).items).toEqual([]);
    await expect(removeScrapeTarget(stranger, who, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(switchScrapeTarget(stranger, who, { id, isEnabled: false })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("two processes never take the same, each is next due within its interval on a grid of its own, and one switched off never is", async () => {
    const { database } = test_;
    const projectId = await newProject();
    for (let index = 0; index < 20; index += 1)
      await addScrapeTarget(database, secretBox, who, { ...input(`http://c${index}.test/metrics`), projectId });
    await database.pool.query("UPDATE scrape_targets SET is_enabled = false WHERE url = 'http://c0.test/metrics'");
    const at = new Date(Date.now() + 60_000);
    const claims = await Promise.all(
      [1, 2, 3].map(() => claimDueTargets(database.db, secretBox, { now: at, limit: 50 })),
    );
    const urls = claims.flat().flatMap((claim) => ("url" in claim && claim.projectId === projectId ? [claim.url] : []));
    expect(urls.length).toBe(19);
    expect(new Set(urls).size).toBe(19);
    const { rows } = await database.pool.query<{ after_ms: number }>(
      "SELECT extract(epoch FROM next_scrape_at - $2::timestamptz) * 1000 AS after_ms FROM scrape_targets WHERE project_id = $1 AND is_enabled",
      [projectId, at],
    );
    const after = rows.map((row) => Number(row.after_ms));
    expect(after.every((ms) => ms > 0 && ms <= 15_000)).toBe(true);
    expect(new Set(after.map((ms) => Math.round(ms / 100))).size).toBeGreaterThan(10);
  });

  test("a scraper reads what is due with the header it was given, stores the samples and how it fared", async () => {
    const { database } = test_;
    const projectId = await newProject();
    const headers: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      headers.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "text/plain" }).end("a 1\n");
    });
    await addScrapeTarget(database, secretBox, who, {
      ...input(url, { authorization: "Bearer of-the-page" }),
      projectId,
    });
    const taken: string[] = [];
    const telemetry = {
      acceptMetrics: async (project: string, samples: readonly MetricSample[]) => {
        if (project === projectId) taken.push(...samples.map(({ metric }) => metric));
        return {};
      },
    };
    const scraper = new Scraper({
      database,
      telemetry,
      http,
      secretBox,
      limits,
      log: pino({ level: "silent" }),
      now: () => new Date(),
    });
    await scraper.look();
    await scraper.settled();
    await scraper.close();
    expect(taken).toEqual(["a", "up", "scrape_duration_seconds", "scrape_samples_scraped"]);
    expect(headers).toEqual(["Bearer of-the-page"]);
    const { items } = await listScrapeTargets(database.db, { projectId, limit: 10 });
    expect(items[0]).toMatchObject({ health: "up", last_samples: 1, last_error: null });
  });
});
