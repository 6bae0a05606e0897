import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { FakeCulprit } from "./fake-culprit.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { slowIncident, slowSeries } from "./fixtures/slow-incident.ts";
import { cartStory } from "./fixtures/stories.ts";
import { traceId } from "./fixtures/watching.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

const checkout = "default/production/checkout";

/** The pages about services, what they send, what is looked for in it, and what was learnt. */
describeInBrowser("the pages about what is watched", () => {
  const inBrowser = usePage((state) => {
    const created = { incident_count: 0, created_at: new Date().toISOString() };
    const keys = { ingest_key_prefix: "cul_ing_fake", ingest_key_last_used_at: null };
    state.projects = [{ id: "proj_shop", name: "shop", repository: null, ...created, ...keys }];
    state.watching = "full";
  });
  const { open, excessWidth } = inBrowser;
  let page: Page;
  let fake: FakeCulprit;
  beforeEach(() => {
    ({ page, fake } = inBrowser);
  });

  const region = (name: string) => page.getByRole("region", { name, exact: true });
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const lastWrite = () => fake.state.writes.at(-1);

  test("services tell what runs, since when, which stand in trouble, and are walked by keys", async () => {
    fake.state.incidents = [cartStory()];
    await open("/services");
    const rows = page.getByRole("list", { name: "Services" }).getByRole("listitem");
    await expect.poll(() => rows.count()).toBe(7);
    await expect.poll(() => rows.first().innerText()).toContain("1 open incident");
    expect(await rows.first().innerText()).toMatch(/production: 2026\.11\.21-2, 28 min ago/);
    expect(await rows.nth(3).innerText()).toContain("which revision runs is not known");
    await rows
      .first()
      .getByTitle(/^The last hour in production/)
      .waitFor();
    expect(await rows.first().innerText()).toMatch(/Requests\/min\s+\d{3}\s+Errors\s+1\d(\.\d+)? %\s+p99\s+3\d\d ms/);
    expect(await rows.nth(1).innerText()).toContain("no request in the last hour");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "web", exact: true }).waitFor();
    expect(page.url()).toContain("service=default%2Fproduction%2Fweb");
  });

  test("a service is shown with its key series, what runs and how sure that is, and what changed", async () => {
    await open(`/services?service=${checkout}`);
    const pictures = region("How it fares");
    for (const name of ["Requests a minute", "Errors, of 100 requests", "p99, 99 of 100 are faster"])
      await pictures.getByRole("figure", { name }).locator(".u-over").waitFor();
    const running = await page.getByRole("list", { name: "What runs" }).innerText();
    expect(running).toContain("commit 100 % sure: the deployment named it");
    expect(running).toContain("commit 60 % sure: the image's tag looks like it; too little to blame it");
    const changed = await page.getByRole("list", { name: "What changed" }).innerText();
    expect(changed).toContain("guest-checkout: off → on by mara");
    expect(changed).toContain("(concerns every service)");
  });

  test("the map shows callers left and what is called right, marks trouble, is walked by the keyboard, and is told in words", async () => {
    fake.state.incidents = [cartStory()];
    await open(`/services?service=${checkout}`);
    const map = region("Map of who calls whom");
    const node = (name: string) => map.getByRole("link", { name: new RegExp(`^${name}`) });
    await node("checkout").getByText("1 open incident").waitFor();
    const left = async (name: string) => (await node(name).boundingBox())?.x ?? Number.NaN;
    expect(await left("web")).toBeLessThan(await left("checkout"));
    expect(await left("checkout")).toBeLessThan(await left("payments"));
    expect(await left("payments")).toBeLessThan(await left("mails"));
    const words = page.getByRole("list", { name: "Who calls whom" });
    const first = await words.getByRole("listitem").first().innerText();
    expect(first).toMatch(/^checkout \(service\) has 1 open incident and calls pricing \(seen in traces/);
    expect(await words.innerText()).toMatch(/mails \(said by somebody/);
    await page.getByLabel("as far as").selectOption("1");
    await expect.poll(() => node("mails").count()).toBe(0);
    await node("web").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "web", exact: true }).waitFor();
  });

  test("what is no service, such as a database, is shown by who calls it", async () => {
    await open("/services?service=database:orders");
    await page.getByText("It is no service of yours").waitFor();
    await region("Map of who calls whom")
      .getByRole("link", { name: /^orders.*database/ })
      .waitFor();
    expect(await region("How it fares").count()).toBe(0);
  });

  test("the paths of a service are read, changed, and sent one a line", async () => {
    await open("/services?service=checkout");
    await button("Edit paths").click();
    await page.getByLabel("Paths, one a line").fill("/services/checkout/\n\n  /libs/tax/ ");
    await button("Save paths").click();
    await button("Edit paths").waitFor();
    expect(lastWrite()).toEqual({
      ...{ method: "PUT", path: "/api/services/svc_1/paths" },
      body: { paths: ["/services/checkout/", "/libs/tax/"] },
    });
  });

  test("each detector says what it looks for; its thresholds are changed with a reason, and only what was changed is sent", async () => {
    await open("/detection");
    const list = page.getByRole("list", { name: "Detectors" });
    await list.getByText("More than 5 % of the requests of 2 min fail").waitFor();
    await list.getByText("Switched off").first().waitFor();
    await list.getByText("learning: 12 of 30 minutes of p99 before the last 4").waitFor();
    await list.getByText("Waiting for telemetry", { exact: true }).waitFor();
    await button("Change p99").click();
    const form = page.getByRole("dialog", { name: "Detector p99" });
    await form.getByLabel(/^Times what is usual/).fill("3");
    await form.getByText("over 3 times as long as usual").waitFor();
    expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await form.getByLabel("Reason, for whoever asks later").fill("batch at night");
    await form.getByLabel(/^Must hold for/).fill("soon");
    await form.getByText("“Must hold for” is no number.").waitFor();
    expect(await form.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await form.getByLabel(/^Must hold for/).fill("120");
    await form.getByLabel("Only for the service").fill("mailer");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    expect(lastWrite()).toEqual({
      ...{ method: "PUT", path: "/api/detectors/p99" },
      body: {
        kind: "p99_regression",
        service: "mailer",
        enabled: true,
        settings: { factor: 3 },
        reason: "batch at night",
      },
    });
  });

  test("maintenance is announced with an end and a reason, and ended before its time", async () => {
    await open("/detection");
    await page.getByRole("list", { name: "Maintenance" }).getByText("moving the database").waitFor();
    await button("Announce…").click();
    const form = page.getByRole("dialog", { name: "Announce maintenance" });
    await form.getByLabel("Service").fill("orders");
    await form.getByLabel("Lasts").selectOption({ label: "2 hours" });
    await form.getByLabel("Reason, for whoever asks later").fill("new disks");
    const before = Date.now();
    await form.getByRole("button", { name: "Announce it" }).click();
    await expect.poll(() => lastWrite()?.body).toMatchObject({ service: "orders", reason: "new disks" });
    const sent = lastWrite()?.body as { ends_at: string } | undefined;
    expect(Math.abs(Date.parse(sent?.ends_at ?? "") - before - 7_200_000)).toBeLessThan(60_000);
    await form.waitFor({ state: "detached" });
    await button("End the maintenance of payments in production").click();
    await expect.poll(() => lastWrite()?.path).toBe("/api/maintenance-windows/mnt_1/end");
  });

  test("who announces maintenance of a service that nobody heard of is told so, and what it does not cover", async () => {
    await open("/detection");
    await button("Announce…").click();
    const form = page.getByRole("dialog", { name: "Announce maintenance" });
    await form.getByLabel("Service").fill("odrers");
    await form.getByLabel("Reason, for whoever asks later").fill("new disks");
    await form.getByRole("button", { name: "Announce it" }).click();
    const hints = form.getByRole("list", { name: "What to know about it" });
    await hints.getByText("No service odrers was heard of").waitFor();
    await hints.getByText("Not covered, so they open incidents all the same").waitFor();
    await form.getByText("odrers in every environment").waitFor();
    await page.keyboard.press("Enter");
    await form.waitFor({ state: "detached" });
    await button("Announce…").click();
    expect(await form.getByLabel("Service").inputValue()).toBe("");
  });

  test("a policy is drafted by form or as JSON, tried on history with each difference and its reason, and only then kept", async () => {
    await open("/detection");
    await button("Draft a policy…").click();
    const form = page.getByRole("dialog", { name: "Draft a policy" });
    await form.getByText("It starts from version 1, fewer calls at night.").waitFor();
    await form.getByLabel(/^Less traffic is suppressed/).fill("50");
    await form.getByRole("button", { name: "Try on history" }).click();
    const history = form.getByRole("region", { name: "On history" });
    await history.getByText("2 differ from what was decided.").waitFor();
    await history.getByText("It had 12 requests a minute, fewer than 30.").first().waitFor();
    expect(lastWrite()?.body).toMatchObject({ days: 14, policy: { traffic: { requests_per_minute_min: 50 } } });
    await form.getByRole("button", { name: "As JSON" }).click();
    const json = form.getByLabel("Policy as JSON");
    expect(await json.inputValue()).toContain('"requests_per_minute_min": 50');
    await json.fill((await json.inputValue()).replace('"change_window_s": 900', '"change_window_s": 600'));
    await expect.poll(() => history.count()).toBe(0);
    await form.getByLabel("Reason, for whoever asks later").fill("quiet nights");
    await form.getByRole("button", { name: "Keep as a draft" }).click();
    await form.waitFor({ state: "detached" });
    expect(lastWrite()).toMatchObject({
      ...{ method: "POST", path: "/api/gate-policies" },
      body: { reason: "quiet nights", policy: { change_window_s: 600, traffic: { requests_per_minute_min: 50 } } },
    });
  });

  test("a policy runs in shadow, tells what it would have decided otherwise, and is activated", async () => {
    await open("/detection");
    const policies = page.getByRole("list", { name: "Policies" });
    expect(await policies.getByRole("heading").first().innerText()).toContain("Version 1");
    await policies.getByText("p99 of mailer doubled").waitFor();
    await button("Shadow Version 3").click();
    await expect
      .poll(() => lastWrite())
      .toMatchObject({ path: "/api/gate-policies/3/status", body: { status: "shadow" } });
    await button("Activate Version 2").click();
    await expect
      .poll(() => lastWrite())
      .toMatchObject({ path: "/api/gate-policies/2/status", body: { status: "active" } });
  });

  const suppressed = {
    ...cartStory(),
    ...{ id: "inc_quiet", status: "suppressed" as const, verdict: null, verdict_summary: null, culprit_commit: null },
    suppressed_reason: "It had 4 requests a minute, fewer than 10.",
  };

  test("what the gate held back says why, and is approved with a reason from the list and from its own page", async () => {
    fake.state.incidents = [suppressed];
    fake.state.details.set("inc_quiet", {
      ...cartIncident(),
      ...suppressed,
      hypotheses: [],
      report: null,
      autopsy: null,
    });
    await open("/detection");
    await page.getByRole("list", { name: "Suppressed incidents" }).getByText(suppressed.suppressed_reason).waitFor();
    await button("Approve…").click();
    await page.keyboard.type("a customer called");
    await page.keyboard.press("Enter");
    await button("Approved").waitFor();
    expect(lastWrite()).toMatchObject({
      path: "/api/incidents/inc_quiet/approve",
      body: { reason: "a customer called" },
    });
    await page.getByRole("link", { name: /Cannot read properties/ }).click();
    const note = region("Suppressed");
    await note.getByText(suppressed.suppressed_reason).waitFor();
    await note.getByRole("button", { name: "Approve…" }).click();
    await page.keyboard.type("it is back");
    await note.getByRole("button", { name: "Approve" }).click();
    await expect.poll(() => lastWrite()?.body).toEqual({ reason: "it is back" });
  });

  test("an incident that was merged says so in the list, leads on to the one it is a part of, and can't be reopened; that one leads back", async () => {
    const whole = cartIncident();
    const part = {
      ...cartStory(),
      ...{ id: "inc_part", title: "Error Log: reserve failed", status: "resolved" as const },
      part_of: { id: whole.id, title: whole.title },
    };
    fake.state.incidents = [part];
    fake.state.details.set(part.id, { ...cartIncident(), ...part });
    const merged_at = "2026-11-21T14:29:22.000Z";
    fake.state.details.set(whole.id, {
      ...whole,
      parts: [{ id: part.id, title: part.title, verdict: "likely", merged_at }],
    });
    await open("/");
    await page.getByText(`Part of ${whole.title}`).waitFor();
    await page.getByText("Merged").waitFor();
    await open(`/incidents/${part.id}`);
    const note = region("Part of another incident");
    await note.getByText("It is not resolved by itself").waitFor();
    expect(await button("Reopen").count()).toBe(0);
    await note.getByRole("link", { name: whole.title }).click();
    await region("Parts").getByRole("link", { name: part.title }).waitFor();
  });

  test("what a detector fired on is drawn before the count of its firings, with what turned out to be a part of it", async () => {
    const incident = slowIncident();
    fake.state.details.set(incident.id, incident);
    fake.state.reopened.set("evd_fired", slowSeries());
    await open(`/incidents/${incident.id}`);
    const fired = region("What fired");
    await fired.getByRole("figure", { name: "checkout: p99" }).locator(".u-over").waitFor();
    await fired.getByText("during: 640 ms").waitFor();
    const top = async (name: string) => (await region(name).boundingBox())?.y ?? Number.NaN;
    expect(await top("What fired")).toBeLessThan(await top("Occurrences"));
    await region("Parts").getByRole("link", { name: "web answers slowly" }).waitFor();
  });

  test("of an error the stack stands before what fired beside it, which says each thing once and names its labels", async () => {
    const incident = cartIncident();
    const [of, at] = ["postgres:metric_points?metric=errors", new Date().toISOString()];
    const series = {
      kind: "metric_series",
      source: "postgres",
      title: "Errors of cart",
      is_fired: true,
      created_at: at,
    } as const;
    const fired = [
      { ...series, id: "evd_f1", ref: of, snapshot: "11 % of 423 requests failed." },
      { ...series, id: "evd_f2", ref: `${of}&service=cart`, snapshot: "11 % of 423 requests failed." },
      { ...series, id: "evd_f3", ref: `${of}&label.route=GET+%2Fcart`, snapshot: "62 % of 73 requests failed." },
    ];
    fake.state.details.set(incident.id, { ...incident, evidence: [...incident.evidence, ...fired] });
    for (const { id } of fired) fake.state.reopened.set(id, slowSeries());
    await open(`/incidents/${incident.id}`);
    const part = region("What fired");
    await part.getByText("route=GET /cart").waitFor();
    expect(await part.getByText("11 % of 423 requests failed.").filter({ visible: true }).count()).toBe(1);
    const more = part.locator("summary", { hasText: "1 more series that it fired on" });
    await more.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => part.getByText("11 % of 423 requests failed.").filter({ visible: true }).count()).toBe(2);
    const top = async (name: string) => (await region(name).boundingBox())?.y ?? Number.NaN;
    expect(await top("Stack")).toBeLessThan(await top("What fired"));
  });

  test("an incident that nobody shall look into is suppressed from its page, with a reason", async () => {
    const incident = cartIncident();
    fake.state.details.set(incident.id, { ...incident, status: "open" });
    await open(`/incidents/${incident.id}`);
    await button("Suppress…").click();
    await page.keyboard.type("a test of the new alarm");
    await page.keyboard.press("Enter");
    await expect.poll(() => lastWrite()?.path).toBe(`/api/incidents/${incident.id}/suppress`);
    expect(lastWrite()?.body).toEqual({ reason: "a test of the new alarm" });
  });

  test("accuracy is told in figures, week by week as bars and as a table, with what was learnt and how much it weighs", async () => {
    await open("/learning");
    for (const words of ["81 %", "29 of 36 that people judged", "19 %", "13 %"])
      await page.getByText(words).first().waitFor();
    const weeks = page.getByRole("list", { name: "Weeks" }).getByRole("listitem");
    expect(await weeks.count()).toBe(9);
    expect(await weeks.nth(4).innerText()).toContain("4 investigated, none judged");
    expect(await weeks.nth(2).innerText()).toContain("nothing was investigated");
    await page.getByText("The same as a table").click();
    await region("Weeks").getByText("3 (60 %)").waitFor();
    const learnt = await region("What was learnt").last().innerText();
    expect(learnt).toContain("+0.82");
    expect(learnt).toContain("−0.61");
  });

  test("metrics are picked and drawn, and the view stands in the address", async () => {
    await open("/telemetry");
    await page.getByText("Pick a metric to see it drawn.").waitFor();
    await page.getByLabel(/^process\.memory/).check();
    const picture = region("process.memory");
    await picture.locator(".u-over").waitFor();
    await picture.getByText("instance=checkout-7f9c-2").waitFor();
    await page.reload();
    await picture.locator(".u-over").waitFor();
    await page.getByLabel("Narrow the metrics").fill("queue");
    await expect.poll(() => page.getByRole("list", { name: "Metrics" }).getByRole("listitem").count()).toBe(1);
  });

  test("log lines are found by words and by being alike, and lead to their trace, which is a waterfall", async () => {
    await open("/telemetry?view=logs");
    const lines = page.getByRole("list", { name: "Log lines" }).getByRole("listitem");
    await expect.poll(() => lines.count()).toBe(4);
    expect(await lines.first().innerText()).toContain("reading 'ratio'");
    await page.getByLabel("Words that a line holds").fill("slow");
    await page.keyboard.press("Enter");
    await expect.poll(() => lines.count()).toBe(1);
    await lines.getByRole("button", { name: "alike" }).click();
    await button(/^No longer only template/).click();
    await expect.poll(() => lines.count()).toBe(4);
    await lines.first().getByRole("link", { name: "trace" }).click();
    const spans = page.getByRole("list", { name: "Spans" }).getByRole("listitem");
    await expect.poll(() => spans.count()).toBe(5);
    expect(await spans.nth(1).innerText()).toMatch(/checkout GET \/cart\/:id\s+failed/);
    await page.getByText("5 spans of 5 services in 412 ms").waitFor();
    await spans.nth(1).locator("summary").focus();
    await page.keyboard.press("Enter");
    await spans.nth(1).getByText("exception.type: TypeError").waitFor();
    expect(page.url()).toContain(traceId);
  });

  test("evidence of an incident leads to the telemetry that it was read from, its component to the map", async () => {
    const { hypotheses, evidence, ...rest } = cartIncident();
    const window = "from=2026-03-05T10:00:00.000Z&to=2026-03-05T11:00:00.000Z";
    const orders = "default/production/orders";
    const ref = `postgres:metric_points?${window}&service=${orders}&metric=queue.depth&step=15000&max=50`;
    fake.state.details.set(rest.id, {
      ...rest,
      hypotheses: hypotheses.map((one, index) => (index === 0 ? { ...one, component: checkout } : one)),
      evidence: evidence.map((one) => (one.id === "evd_4" ? { ...one, ref } : one)),
    });
    await open(`/incidents/${rest.id}`);
    const map = region("Where it stands").getByRole("region", { name: "Map of who calls whom" });
    await map.locator("mark", { hasText: "checkout" }).waitFor();
    expect(await map.getByRole("link", { name: /^mails/ }).count()).toBe(0);
    await region("Where it stands").getByLabel("as far as").selectOption({ label: "2 calls" });
    await map.getByRole("link", { name: /^mails/ }).waitFor();
    await page.getByRole("button", { name: "First occurrences" }).first().click();
    await page.getByRole("link", { name: "Open in telemetry" }).click();
    await region("queue.depth").locator(".u-over").waitFor();
    expect(await page.getByLabel("Window").inputValue()).toBe("");
    expect(await page.getByLabel("Service", { exact: true }).inputValue()).toBe(orders);
    await page.goBack();
    await page.getByRole("link", { name: "More of checkout" }).click();
    await page.getByRole("heading", { name: "checkout", exact: true }).waitFor();
  });

  test("runbooks, diffs and past incidents are found by a question; a runbook is added and removed", async () => {
    await open("/search");
    await page.getByLabel("What to look for").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("pool exhausted");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Diffs" }).getByText("src/db.ts").first().click();
    await page.getByText("const max = 5;").first().waitFor();
    expect(page.url()).toContain("q=pool");
    await button("Add a runbook").click();
    const form = page.getByRole("dialog", { name: "A new runbook" });
    await form.getByLabel("Title").fill("Mail waits");
    await form.getByLabel("What to do, in Markdown").fill("Look at the queue.");
    await form.getByRole("button", { name: "Save the runbook" }).click();
    await form.waitFor({ state: "detached" });
    expect(lastWrite()?.body).toEqual({ title: "Mail waits", content: "Look at the queue." });
    await button("Remove Pool exhausted").click();
    await expect.poll(() => lastWrite()?.method).toBe("DELETE");
  });

  test("pages that are scraped say how the last reading went; one is added, paused and removed", async () => {
    await open("/telemetry?view=pages");
    const pages = page.getByRole("list", { name: "Scraped pages" });
    await pages.getByText("412 values in 9 ms").waitFor();
    await pages.getByText("connect ECONNREFUSED").waitFor();
    await button("Add a page…").click();
    const form = page.getByRole("dialog", { name: "A page to read" });
    await form.getByLabel("Address").fill("http://mail:9090/metrics");
    await form.getByLabel("Service that it speaks of").fill("mail");
    await form.getByRole("button", { name: "Read it" }).click();
    await form.waitFor({ state: "detached" });
    const target = { url: "http://mail:9090/metrics", service: "mail", environment: "production", interval_s: 15 };
    expect(lastWrite()?.body).toEqual(target);
    await button("Pause http://cart:9090/metrics").click();
    await expect.poll(() => lastWrite()?.body).toEqual({ is_enabled: false });
    await button("Remove http://cart:9090/metrics").click();
    await expect.poll(() => lastWrite()?.method).toBe("DELETE");
  });

  const paths = [
    ["/services", "which revision runs is not known"],
    [`/services?service=${checkout}`, "concerns every service"],
    ["/detection", "card declines are 3 %"],
    ["/learning", "29 of 36"],
    [`/telemetry?metric=${encodeURIComponent(JSON.stringify(["m".repeat(200)]))}`, "process.memory"],
    ["/telemetry?view=logs", "slow query"],
    [`/telemetry?view=trace&trace=${traceId}`, "whose caller was not kept"],
    ["/telemetry?view=pages", "412 values"],
    ["/search?q=pool", "62 % alike"],
  ] as const;

  test.each([
    [360, "dark"],
    [768, "light"],
    [1024, "dark"],
    [1600, "light"],
  ] as const)("long and hostile text neither runs nor widens a page of %i pixels, %s", async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    for (const [path, words] of paths) {
      await open(path);
      await page.getByText(words).first().waitFor();
      expect(await excessWidth(), path).toBeLessThanOrEqual(0);
      expect(await page.title(), path).not.toBe("owned");
    }
  });

  test("each page says what to do while there is nothing", async () => {
    fake.state.watching = "empty";
    for (const [path, words] of [
      ["/services", "No service is known yet."],
      [`/services?service=${checkout}`, "No call of it is known in production."],
      ["/detection", "Announce one before you work on something"],
      ["/learning", "confirm its cause or rule it out"],
      ["/telemetry", "No metric came in this window."],
      ["/telemetry?view=logs", "No such line came in this window."],
      ["/telemetry?view=trace", "Put in a trace id"],
      ["/telemetry?view=pages", "None is read."],
      ["/search", "There is none yet. Add one here"],
      ["/search?q=x", "Nothing was found."],
    ] as const) {
      await open(path);
      await page.getByText(words).first().waitFor();
    }
  });

  test("while Culprit does not answer, each page says so, and an unknown trace is told from that", async () => {
    await open(`/telemetry?view=trace&trace=${"0".repeat(32)}`);
    await page.getByText("There is no").first().waitFor();
    for (const [path] of paths) {
      fake.state.isDown = false;
      await open("/projects");
      await page.getByRole("heading", { name: "Projects" }).waitFor();
      fake.state.isDown = true;
      // Gone to within the page, which a full load would not survive.
      await page.evaluate(
        `history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate"))`,
      );
      await page.getByRole("alert").first().waitFor();
    }
  });
});
