import type { ProjectCreated } from "@culprit/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, openBrowser } from "../../web/test/open-browser.ts";
import { type RunningCulprit, startCulprit } from "../culprit/start-culprit.ts";

const chromium = findChromium();
if (chromium === null) console.warn("No Chromium on this machine: the tests in the browser are skipped.");

/** The pages about services and detection in a browser, on the real Culprit with the page that `npm test` has built. */
describe.skipIf(chromium === null)("the pages about services on the real Culprit", () => {
  let culprit: RunningCulprit;
  let project: ProjectCreated;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
    project = JSON.parse((await culprit.culprit("project", "create", "shop", "--json")).stdout) as ProjectCreated;
    browser = await openBrowser(chromium ?? "");
    page = await browser.newPage({ viewport: { width: 1360, height: 900 }, reducedMotion: "reduce" });
    await page.goto(culprit.loginLink);
  });
  afterAll(async () => {
    await browser?.close();
    await culprit?.stop();
  });

  const open = (path: string) => page.goto(culprit.url + path);
  const send = async (path: string, body: unknown) => {
    const reply = await fetch(culprit.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${project.ingest_key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(reply.status, path).toBe(200);
  };
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const resource = (name: string) => ({ attributes: [text("service.name", name)] });

  const traceId = "5b8efff798038103d269b633813fc60c";
  /** A call of the web to the cart, which asks its database and fails. */
  const sendTrace = () => {
    const nano = (ms: number) => `${BigInt(Date.now() - 5000 + ms) * 1_000_000n}`;
    const span = (spanId: string, parentSpanId: string, kind: number, name: string, from: number, to: number) => ({
      ...{ traceId, spanId, parentSpanId, kind, name },
      ...{ startTimeUnixNano: nano(from), endTimeUnixNano: nano(to), status: { code: 2 }, attributes: [] },
    });
    const [entry, call, served, asked] = ["1", "2", "3", "4"].map((digit) => digit.repeat(16));
    const scope = (spans: unknown[]) => ({ scopeSpans: [{ spans }] });
    const query = span(asked ?? "", served ?? "", 3, "SELECT carts", 20, 60);
    return send("/v1/traces", {
      resourceSpans: [
        {
          resource: resource("web"),
          ...scope([span(entry ?? "", "", 2, "GET /", 0, 100), span(call ?? "", entry ?? "", 3, "GET /cart", 5, 95)]),
        },
        {
          resource: resource("cart"),
          ...scope([
            span(served ?? "", call ?? "", 2, "GET /cart", 10, 90),
            { ...query, attributes: [text("db.system", "postgresql"), text("db.namespace", "carts")] },
          ]),
        },
      ],
    });
  };

  test("traces that came by OTLP are a map, whose places lead on, and a waterfall", async () => {
    await sendTrace();
    await expect
      .poll(
        async () => {
          await open("/services?service=cart");
          await page.getByRole("heading", { name: "cart", exact: true }).waitFor();
          const map = page.getByRole("region", { name: "Map of who calls whom" });
          await map.or(page.getByText("No call of it is known")).first().waitFor();
          return (await map.getByRole("link").allInnerTexts()).map((words) => words.split("\n")[0]).sort();
        },
        { timeout: 40_000, interval: 1000 },
      )
      .toEqual(["cart", "carts", "web"]);
    const words = page.getByRole("list", { name: "Who calls whom" });
    expect(await words.innerText()).toMatch(/web \(service\) calls cart \(seen in traces/);
    await page
      .getByRole("region", { name: "Map of who calls whom" })
      .getByRole("link", { name: /^carts/ })
      .click();
    await page.getByText("It is no service of yours").waitFor();
    await open(`/telemetry?view=trace&trace=${traceId}`);
    await expect
      .poll(
        async () => {
          await page.reload();
          const spans = page.getByRole("list", { name: "Spans" }).getByRole("listitem");
          await spans.first().or(page.getByText("There is no such trace")).first().waitFor();
          return spans.count();
        },
        { timeout: 40_000, interval: 1000 },
      )
      .toBe(4);
  });

  test("metrics and log lines that came by OTLP are drawn and found", async () => {
    const at = `${BigInt(Date.now() - 1000) * 1_000_000n}`;
    const points = { dataPoints: [{ asDouble: 3, timeUnixNano: at }] };
    await send("/v1/metrics", {
      resourceMetrics: [
        { resource: resource("cart"), scopeMetrics: [{ metrics: [{ name: "cart.items", unit: "1", gauge: points }] }] },
      ],
    });
    const record = { timeUnixNano: at, severityNumber: 13, body: { stringValue: "pool is nearly exhausted" } };
    await send("/v1/logs", { resourceLogs: [{ resource: resource("cart"), scopeLogs: [{ logRecords: [record] }] }] });
    await open("/telemetry");
    await page.getByLabel(/^cart\.items/).check();
    await page.getByRole("region", { name: "cart.items" }).locator(".u-over").waitFor();
    await open("/telemetry?view=logs&words=exhausted&severity=warn");
    await page.getByRole("list", { name: "Log lines" }).getByText("pool is nearly exhausted").waitFor();
  });

  test("a detector is changed, maintenance announced and ended, a policy drafted and activated, and each change stands", async () => {
    await open("/detection");
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    await button("Change p99").click();
    const form = page.getByRole("dialog", { name: "Detector p99" });
    await form.getByLabel(/^Times what is usual/).fill("4");
    await form.getByLabel("Reason, for whoever asks later").fill("batch at night");
    await form.getByRole("button", { name: "Save" }).click();
    const detectors = page.getByRole("list", { name: "Detectors" });
    await detectors.getByText("over 4 times as long as usual").waitFor();
    await detectors.getByText("batch at night").waitFor();

    await button("Announce…").click();
    const notice = page.getByRole("dialog", { name: "Announce maintenance" });
    await notice.getByLabel("Service").fill("cart");
    await notice.getByLabel("Reason, for whoever asks later").fill("new disks");
    await notice.getByRole("button", { name: "Announce it" }).click();
    const end = button("End the maintenance of cart in every environment");
    // It stays to say what it does not cover.
    await end.waitFor();
    await page.keyboard.press("Escape");
    await notice.waitFor({ state: "hidden" });
    await end.click();
    await end.waitFor({ state: "detached" });

    await button("Draft a policy…").click();
    const draft = page.getByRole("dialog", { name: "Draft a policy" });
    await draft.getByLabel(/^Less traffic is suppressed/).fill("30");
    await draft.getByRole("button", { name: "Try on history" }).click();
    await draft.getByText(/^(There was no incident in the last 14 days|Of \d+ incident)/).waitFor();
    await draft.getByLabel("Reason, for whoever asks later").fill("quiet nights");
    await draft.getByRole("button", { name: "Keep as a draft" }).click();
    await button("Activate Version 1").click();
    const first = page.getByRole("list", { name: "Policies" }).getByRole("listitem").first();
    await expect.poll(() => first.innerText()).toMatch(/^Version 1\s+Decides now/);
  });

  test("a runbook that was added is found by its words, and none of these pages is wider than a narrow screen", async () => {
    await open("/search");
    await page.getByRole("button", { name: "Add a runbook" }).click();
    const form = page.getByRole("dialog", { name: "A new runbook" });
    await form.getByLabel("Title").fill("Pool exhausted");
    await form.getByLabel("What to do, in Markdown").fill("Raise pool.max and look for what holds connections.");
    await form.getByRole("button", { name: "Save the runbook" }).click();
    await page.getByRole("list", { name: "Runbooks" }).getByText("Pool exhausted").waitFor();
    await open("/search?q=connections");
    await page.getByRole("list", { name: "Runbooks" }).first().getByText("Pool exhausted").first().waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    for (const path of ["/services", "/services?service=cart", "/telemetry", "/detection", "/learning", "/search"]) {
      await open(path);
      await page.locator("main h1").waitFor();
      const excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(Number(await page.evaluate(excess)), path).toBeLessThanOrEqual(0);
    }
  });
});
