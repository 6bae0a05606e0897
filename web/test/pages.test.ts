import type { Locator, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { FakeCulprit } from "./fake-culprit.ts";
import { cartAutopsy, cartIncident } from "./fixtures/cart-incident.ts";
import { cartStory, culpritSha, incidentStories, runningSha } from "./fixtures/stories.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("the built page in a browser", () => {
  const inBrowser = usePage();
  const { open, excessWidth } = inBrowser;
  let page: Page;
  let fake: FakeCulprit;
  beforeEach(() => {
    ({ page, fake } = inBrowser);
  });

  const seen = (locator: Locator) => locator.innerText();
  /** Lets the page's clock run on until the expectation holds, so that no test waits for a timer. */
  const hurryUntil = (isThere: () => Promise<boolean>) =>
    expect
      .poll(
        async () => {
          await page.clock.fastForward(3000);
          return isThere();
        },
        { timeout: 20_000 },
      )
      .toBe(true);
  const project = (name: string) => ({
    id: `proj_${name}`,
    name,
    repository: null,
    incident_count: 0,
    created_at: new Date().toISOString(),
    ingest_key_prefix: "cul_ing_fake",
    ingest_key_last_used_at: null,
  });
  const show = (change: Partial<ReturnType<typeof cartIncident>> = {}) => {
    const incident = { ...cartIncident(), ...change };
    fake.state.details.set(incident.id, incident);
    return open(`/incidents/${incident.id}`);
  };

  test("without a session the page says how to get one, and goes on once there is one", async () => {
    fake.state.isSignedIn = false;
    await open("/");
    await page.getByText("culprit login-link").waitFor();
    fake.state.isSignedIn = true;
    await page.getByRole("button", { name: /try again/ }).click();
    await page.getByText("Nothing has failed yet").waitFor();
  });

  test("a link that was used already is explained, and signing out leads to the sign-in", async () => {
    fake.state.isSignedIn = false;
    await open("/?signin=expired");
    await page.getByText("That link was used already").waitFor();
    fake.state.isSignedIn = true;
    await open("/");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("culprit login-link").waitFor();
    expect(await page.getByText("That link was used already").count()).toBe(0);
  });

  test("a session that ends while a page is open leads to the sign-in", async () => {
    fake.state.incidents = incidentStories(3);
    await page.clock.install();
    await open("/");
    await page.getByText("PaymentTimeout").waitFor();
    fake.state.isSignedIn = false;
    await hurryUntil(() => page.getByText("culprit login-link").isVisible());
  });

  test("an empty list says what to do next", async () => {
    await open("/");
    for (const step of ["culprit project create", "@sentry/node", "/api/ingest"]) {
      await page.getByText(step).first().waitFor();
    }
    await page.getByRole("link", { name: /create it on the projects page/ }).click();
    await page.getByRole("heading", { name: "New project" }).waitFor();
  });

  test("a row tells what failed, where, why, how often and when", async () => {
    fake.state.incidents = incidentStories(4);
    await open("/");
    const row = page.getByRole("link", { name: /Cannot read properties/ });
    const words = await seen(row);
    for (const fact of ["Likely", "checkout", "production", "3f9c2ab7", "1,284", "Diagnosed"])
      expect(words).toContain(fact);
    await expect.poll(() => row.locator("time").getAttribute("title")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    await page
      .getByRole("link", { name: /RangeError/ })
      .getByText("Regression")
      .waitFor();
  });

  test("the list is filtered by status, and the view can be shared as an address", async () => {
    fake.state.incidents = incidentStories(8);
    await open("/");
    await page.getByRole("link", { name: "Resolved", exact: true }).click();
    await page.getByRole("link", { name: /SyntaxError/ }).waitFor();
    await expect.poll(() => page.locator("[data-row]").count()).toBe(1);
    expect(page.url()).toContain("status=resolved");
    await page.getByRole("link", { name: "Unresolved", exact: true }).click();
    const left = fake.state.incidents.filter(({ status }) => status !== "resolved" && status !== "suppressed").length;
    await expect.poll(() => page.locator("[data-row]").count()).toBe(left);
    expect(left).toBeLessThan(8);
    await page.goBack();
    await page.reload();
    await page.getByRole("link", { name: /SyntaxError/ }).waitFor();
    expect(await page.locator("[data-row]").count()).toBe(1);
  });

  test("more incidents than one page are loaded on demand, each once", async () => {
    fake.state.incidents = incidentStories(25);
    fake.state.pageSize = 10;
    await open("/");
    for (const count of [10, 20, 25]) {
      await expect.poll(() => page.locator("[data-row]").count()).toBe(count);
      if (count < 25) await page.getByRole("button", { name: "Load more" }).click();
    }
    expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
    const hrefs = await page.locator("[data-row]").evaluateAll((rows) => rows.map((row) => row.getAttribute("href")));
    expect(new Set(hrefs).size).toBe(25);
  });

  test("the list is walked and opened by keys, and the focus survives a refresh", async () => {
    fake.state.incidents = incidentStories(6);
    const opened = fake.state.incidents[1];
    if (opened) fake.state.details.set(opened.id, { ...cartIncident(), ...opened });
    await page.clock.install();
    await open("/");
    await page.locator("[data-row]").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    fake.state.incidents = [...fake.state.incidents].reverse();
    await hurryUntil(async () => (await seen(page.locator("[data-row]").first())).includes("Deadlock"));
    expect(await seen(page.locator(":focus"))).toContain("GET /orders/:id");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/incidents/${opened?.id}`);
    await page.keyboard.press("u");
    await page.waitForURL(`${fake.url}/`);
    await page.keyboard.press("/");
    await page.keyboard.type("get /orders");
    await expect.poll(() => page.locator("[data-row]").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Keys").waitFor();
  });

  test("while Culprit does not answer, the last answer stays and says that it is old", async () => {
    fake.state.incidents = incidentStories(3);
    await page.clock.install();
    await open("/");
    await page.locator("[data-row]").first().waitFor();
    fake.state.isDown = true;
    const note = page.getByText("What you see is not fresh.");
    await hurryUntil(() => note.isVisible());
    expect(await page.locator("[data-row]").count()).toBe(3);
    fake.state.isDown = false;
    await hurryUntil(async () => !(await note.isVisible()));
  });

  test("the incident page puts the verdict on top, with its confidence and what it rests on", async () => {
    await show();
    const verdict = page.getByRole("region", { name: /made the loyalty tier optional/ });
    const words = await seen(verdict);
    for (const part of ["Likely", "0.86", "3f9c2ab7", "loyaltyTier answer undefined", "4 for, 1 against"])
      expect(words).toContain(part);
    expect(words).not.toContain(culpritSha);
  });

  test("the banner says who wrote the culprit, what to do, and leads to the proven patch, all without scrolling", async () => {
    await show();
    const verdict = page.getByRole("region", { name: /made the loyalty tier optional/ });
    const words = await seen(verdict);
    for (const part of [
      "Mara Lindqvist",
      "2026-11-20",
      "Roll back to 07d3e9aa, or revert 3f9c2ab7.",
      "Blast radius: 2",
    ])
      expect(words).toContain(part);
    const mark = verdict.getByRole("link", { name: "Revert patch proven" });
    const box = await mark.boundingBox();
    expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(900);
    await mark.focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(/#patch$/);
    await expect.poll(async () => (await page.locator("#patch").boundingBox())?.y ?? 9999).toBeLessThan(900);
  });

  test.each([
    [
      { ...cartAutopsy, proof: "red" as const, proof_reason: "3 tests broke." },
      "Revert patch not proven",
      "3 tests broke.",
    ],
    [{ ...cartAutopsy, patch_diff: null, proof_reason: "Nothing to revert." }, "No patch", "Nothing to revert."],
    [
      {
        ...cartAutopsy,
        outdated_by: 3,
        outdated_reason: "Of an earlier conclusion: revision 3 of the report says otherwise.",
      },
      "Revert patch of an earlier conclusion",
      "revision 3 of the report says otherwise",
    ],
    [null, "No patch", ""],
  ])("the banner says why there is no proven patch (%#)", async (autopsy, state, reason) => {
    await show({ autopsy, report: null });
    const words = await seen(page.getByRole("region", { name: /made the loyalty tier optional/ }));
    expect(words).toContain(state);
    expect(words).toContain(reason);
    expect(words).not.toContain("patch proven");
    expect(words).not.toContain("Do now");
  });

  test("who rules the leading hypothesis out disputes the verdict, and who confirms it bears it out", async () => {
    await show();
    const verdict = page.getByRole("region", { name: /made the loyalty tier optional/ });
    const first = page.getByRole("group", { name: "Is hypothesis 1 the cause?" });
    await first.getByRole("button", { name: "Not it" }).click();
    await verdict.getByText("Disputed by owner").waitFor();
    const words = await seen(verdict);
    expect(words).toContain("Culprit said: likely");
    expect(words).not.toContain("Do now");
    expect(await verdict.getByText("Likely", { exact: true }).count()).toBe(0);
    await first.getByRole("button", { name: "Confirm" }).click();
    await verdict.getByText("Confirmed by owner").waitFor();
    expect(await seen(verdict)).toContain("Do now");
    expect(await verdict.getByText("Disputed").count()).toBe(0);
  });

  test("what a line sums up is folded, opens by the keyboard, and opens where a link leads into it", async () => {
    await show();
    const fold = (part: string, words: RegExp) => page.locator(`${part} summary`, { hasText: words });
    const proof = fold("#proof", /^5 steps: 4 passed, 1 skipped$/);
    const report = page.getByRole("heading", { name: "Guests crash the cart" });
    await fold("#hypotheses", /^1 more hypothesis, with a confidence of at most 0\.02$/).waitFor();
    expect(await page.getByText("npm test", { exact: true }).first().isVisible()).toBe(false);
    expect(await report.isVisible()).toBe(false);
    await proof.focus();
    await page.keyboard.press("Enter");
    await page.getByText("npm test", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: /^Roll back to 07d3e9aa, or/ }).click();
    await report.waitFor();
    await page.reload();
    await report.waitFor();
  });

  test("a weak hypothesis that is confirmed and then ruled out stays in sight", async () => {
    await show();
    await page.locator("#hypotheses summary", { hasText: "1 more hypothesis" }).click();
    await page.locator("#hypotheses summary", { hasText: "A setting changed" }).click();
    const third = page.getByRole("group", { name: "Is hypothesis 3 the cause?" });
    await third.getByRole("button", { name: "Confirm" }).click();
    await third.getByText("Confirmed by owner").waitFor();
    await third.getByRole("button", { name: "Not it" }).click();
    await third.getByText("Ruled out by owner").waitFor();
  });

  test("a proof with a failed step is open", async () => {
    const steps = cartAutopsy.proof_steps.map((step) => ({ ...step, outcome: "failed" as const }));
    await show({ autopsy: { ...cartAutopsy, proof: "red", proof_steps: steps } });
    await page.locator("#proof summary", { hasText: "The project's tests" }).waitFor();
  });

  test("a confidence names its scale, what it means and where that was checked", async () => {
    await show();
    const large = page.getByTitle(/^Confidence 0\.86 of 1\. .*docs\/accuracy\.md/).first();
    expect(await seen(large)).toBe("confidence 0.86 of 1");
    expect(await seen(page.locator("#hypotheses"))).toContain("how likely it is the cause");
  });

  test("what changed is listed by how long before the failure, and what is blamed is marked", async () => {
    const { first_seen_at: firstAt, hypotheses, environment } = cartIncident();
    const at = (minutes: number) => new Date(Date.parse(firstAt) - minutes * 60_000).toISOString();
    const common = { environment, service: "cart", commit_sha: null, commits: null, actor: null };
    fake.state.changes = [
      { ...common, id: "cfg_1", kind: "flag", at: at(-2), title: "new-tax: on", actor: "ada" },
      { ...common, id: "dep_3", kind: "deployment", at: at(1), title: "cart began to run 2026.11.21-2", commits: 4 },
    ];
    await show({ hypotheses: hypotheses.map((one) => (one.rank === 1 ? { ...one, change_id: "dep_3" } : one)) });
    const rows = page.locator("#changes li");
    await rows.first().waitFor();
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/2 min after[\s\S]*new-tax: on by ada/),
      expect.stringMatching(/60 s before[\s\S]*cart began to run 2026\.11\.21-2, 4 commits/),
    ]);
    expect(await rows.nth(1).getAttribute("class")).toContain("border-l-mark-line");
    fake.state.changes = [];
    await page.reload();
    await page.locator("#changes", { hasText: "POST /api/deployments" }).waitFor();
  });

  test("a series that an answer rests on is drawn, and said to be gone where it is", async () => {
    const { hypotheses, evidence } = cartIncident();
    const [first] = hypotheses;
    const id = first?.for[0]?.evidence_id ?? "";
    const asSeries = evidence.map((one) =>
      one.id === id
        ? {
            ...one,
            kind: "metric_series",
            ref: "postgres:metric_points?x",
            title: "cart: errors",
            snapshot: "before: 0\nduring: 1",
          }
        : one,
    );
    const times = Array.from({ length: 20 }, (_, index) => Date.now() - (20 - index) * 60_000);
    const series = {
      ...{
        service_key: "default/production/cart",
        environment: "production",
        metric: "errors",
        kind: "gauge" as const,
        unit: "1",
      },
      ...{ labels: {}, times, values: times.map((_, index) => (index > 10 ? 0.4 : 0.01)), ref: "r" },
    };
    const opened = {
      evidence_id: id,
      ref: "r",
      engine: "postgres" as const,
      text: null,
      series: [series],
      snapshot: "",
    };
    fake.state.reopened.set(id, opened);
    await show({ evidence: asSeries });
    await page.locator("#hypotheses").getByRole("button", { name: "cart: errors" }).first().click();
    await page.locator("#hypotheses figure[aria-label='cart: errors'] canvas").waitFor();
    fake.state.reopened.set(id, { ...opened, series: [] });
    await page.reload();
    await page.locator("#hypotheses").getByRole("button", { name: "cart: errors" }).first().click();
    await page.getByText("Its points are no longer kept").waitFor();
  });

  test("an answer that blames nobody says what is missing", async () => {
    const { report } = cartIncident();
    await show({
      verdict: "inconclusive",
      report: report && { ...report, verdict: "inconclusive", missing: ["Who calls whom is not known."] },
    });
    expect(await seen(page.getByRole("region", { name: cartIncident().verdict_summary ?? "" }))).toContain(
      "Who calls whom is not known.",
    );
  });

  test("deployments stand in the chart, the one that ran is marked once, and all are listed", async () => {
    const { deployments } = cartIncident();
    const twice = deployments.slice(-1).map((one) => ({ ...one, id: "dep_again", release: runningSha.slice(0, 10) }));
    await show({ deployments: [...deployments, ...twice] });
    await page.locator(".u-over").waitFor();
    const label = page.locator("[title*='ran when it failed']");
    await expect.poll(() => seen(label)).toBe("b81f04ce");
    const list = await seen(page.getByRole("list", { name: "Deployments" }));
    for (const sha of ["e4a1c9d0", "07d3e9aa", "b81f04ce"]) expect(list).toContain(sha);
    expect(list).not.toContain(runningSha.slice(0, 10));
  });

  test("the failing line is told apart, foreign frames are folded, 200 frames do not flood the page", async () => {
    const { frames } = cartIncident();
    const many = Array.from({ length: 200 }, (_, index) => frames[index % frames.length]).filter(
      (frame) => frame !== undefined,
    );
    await show({ frames: many });
    const failing = page.locator("tr", { hasText: "the failing line" }).first();
    expect(await seen(failing)).toContain("tier.ratio");
    await expect.poll(() => page.locator("#stack > ol > li").count()).toBe(14);
    await page.getByRole("button", { name: "Show all 200 frames" }).click();
    await expect.poll(() => page.locator("#stack > ol > li").count()).toBeGreaterThan(100);
    expect(await page.getByText("router/lib/layer.js").first().isVisible()).toBe(false);
  });

  test("evidence opens in place: a diff coloured, blame as a table", async () => {
    await show();
    await page.getByRole("button", { name: "Let guests check out" }).click();
    const diff = page.locator("#hypotheses figure").first();
    expect(await diff.locator("tr.bg-added").count()).toBe(3);
    expect(await diff.locator("tr.bg-removed").count()).toBe(2);
    await page.getByRole("button", { name: "Who wrote the failing lines" }).first().click();
    expect(await seen(page.getByRole("region", { name: "Blame" }))).toContain("Jonas Weber");
    await page.getByRole("button", { name: "Let guests check out" }).click();
    expect(await page.locator("#hypotheses tr.bg-added").count()).toBe(0);
  });

  test("a report cites evidence by its title, not by its id", async () => {
    const { report } = cartIncident();
    await show({ report: report && { ...report, html: "<ul><li>For: all come from it (evd_4, evd_404)</li></ul>" } });
    await page.locator("#report summary").click();
    const item = page.locator("#report li");
    await expect.poll(() => seen(item)).toBe("For: all come from it (First occurrences, evd_404)");
    expect(await item.locator("a").getAttribute("href")).toBe("#hypotheses");
  });

  test("the report's Markdown is copied with titles of evidence, not with ids", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const { report } = cartIncident();
    await show({ report: report && { ...report, markdown: "- For: all come from it (evd_4, evd_404)" } });
    await page.getByRole("button", { name: "Copy the report as Markdown" }).click();
    await expect
      .poll(() => page.evaluate("navigator.clipboard.readText()"))
      .toBe("- For: all come from it (First occurrences, evd_404)");
  });

  test("a mitigation is called one, and a patch that was not proven does not look proven", async () => {
    await show({
      autopsy: { ...cartAutopsy, patch_kind: "mitigation", proof: "not_run", proof_reason: "No isolation." },
    });
    const patch = await seen(page.locator("#patch"));
    expect(patch).toContain("Mitigation");
    expect(patch).toContain("does not mend the cause");
    expect(patch).toContain("Not run");
    expect(await seen(page.locator("#proof"))).toContain("No isolation.");
    expect(await page.getByText("Proven", { exact: true }).count()).toBe(0);
  });

  test("an inconclusive verdict blames and marks nobody", async () => {
    await show({ verdict: "inconclusive", verdict_summary: "No change explains it.", culprit_commit: null });
    await page.getByRole("heading", { name: "No change explains it." }).waitFor();
    expect(await page.locator("main mark").count()).toBe(0);
    expect(await page.getByRole("link", { name: /for, .* against/ }).count()).toBe(0);
  });

  test("an incident under investigation is followed live until its verdict is there", async () => {
    const whole = cartIncident();
    const execution = whole.execution && {
      ...whole.execution,
      status: "running" as const,
      steps: whole.execution.steps.slice(0, 2),
    };
    const none = {
      verdict: null,
      verdict_summary: null,
      culprit_commit: null,
      report: null,
      autopsy: null,
      hypotheses: [],
      evidence: [],
    };
    await show({ ...none, status: "investigating", execution });
    await page.getByText("Looking for the cause").waitFor();
    await page.getByText("No report yet.").waitFor();
    fake.state.details.set(whole.id, whole);
    await page.getByText(/^Revision 2, /).waitFor({ timeout: 5000 });
  });

  test("an incident is resolved and opened again", async () => {
    await show();
    await page.getByRole("button", { name: "Resolve" }).click();
    await page.getByRole("button", { name: "Reopen" }).click();
    await page.getByRole("button", { name: "Resolve" }).waitFor();
    expect(fake.state.patches).toEqual([{ status: "resolved" }, { status: "open" }]);
  });

  test("another investigation is asked for by a button", async () => {
    await show();
    await page.getByRole("button", { name: "Investigate again" }).click();
    await expect.poll(() => fake.state.investigated).toEqual([cartStory().id]);
  });

  test("while incident-response is off the page says so, leads there, and lets it be investigated again", async () => {
    const off = { is_on: false, workflow_id: "wf_1" };
    const none = { verdict: null, verdict_summary: null, report: null, autopsy: null, hypotheses: [], evidence: [] };
    await show({ ...none, status: "triaged", execution: null, response: off });
    const words = page.getByRole("heading", {
      name: "incident-response is switched off, so nobody looks for the cause",
    });
    await words.waitFor();
    expect(await words.getByRole("link").getAttribute("href")).toBe("/workflows/wf_1");
    expect(await page.getByText(/Queued|Evidence is being collected/).count()).toBe(0);
    expect(await page.locator("main .animate-breathe").count()).toBe(0);
    await page.getByRole("button", { name: "Investigate again" }).click();
    await expect.poll(() => fake.state.investigated).toEqual([cartStory().id]);
  });

  test("a step whose condition did not hold says so in plain words, with the whole behind a fold", async () => {
    const { execution } = cartIncident();
    const reason = 'Its condition is false: steps.investigate.outputs.culprit_commit != null, with {"a":null}';
    const steps = execution?.steps.map((step) =>
      step.path === "prove" ? ({ ...step, status: "skipped", reason } as const) : step,
    );
    await show({ execution: execution && { ...execution, steps: steps ?? [] } });
    const row = page.locator('#steps [data-path="prove"]');
    await expect.poll(() => seen(row)).toContain("skipped, because its condition did not hold");
    expect(await row.getByText(reason).isVisible()).toBe(false);
    await row.getByText("The condition").click();
    await row.getByText(reason).waitFor();
  });

  test("an address without a type of integration leads to the gallery", async () => {
    fake.state.automation = "full";
    fake.state.projects = [project("shop")];
    await open("/integrations/new");
    await page.getByRole("link", { name: "Slack", exact: true }).waitFor();
    expect(page.url()).toContain("/integrations#gallery");
  });

  test("what went out shows what went through an integration, each once, and everything when asked", async () => {
    fake.state.automation = "full";
    fake.state.projects = [project("shop")];
    await open("/integrations");
    const list = page.getByRole("list", { name: "What went out" });
    await expect.poll(() => list.getByRole("listitem").count()).toBe(2);
    expect(await seen(list)).not.toContain("http request");
    await page.getByLabel("Which of what went out").selectOption("all");
    await list.getByText("http request").waitFor();
    await expect.poll(() => list.getByRole("listitem").count()).toBe(3);
  });

  test("every page of the main navigation is seen on the narrowest screen, and an incident is under Incidents", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await show();
    const nav = page.getByRole("navigation", { name: "Main" });
    for (const name of ["Incidents", "Workflows", "Integrations", "Projects", "Operations"]) {
      const box = await nav.getByRole("link", { name }).boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 360, name).toBe(true);
    }
    expect(await nav.getByRole("link", { name: "Incidents" }).getAttribute("class")).toContain("bg-line/70");
  });

  test("a hypothesis is confirmed by one click, ruled out by two, and the log says who said so", async () => {
    await show();
    const first = page.getByRole("group", { name: "Is hypothesis 1 the cause?" });
    await first.getByRole("button", { name: "Confirm" }).click();
    await first.getByText("Confirmed by owner").waitFor();
    expect(await first.getByRole("button", { name: "Confirm" }).getAttribute("aria-pressed")).toBe("true");
    await page.locator("#hypotheses summary").nth(1).click();
    await page
      .getByRole("group", { name: "Is hypothesis 2 the cause?" })
      .getByRole("button", { name: "Not it" })
      .click();
    const log = page.getByRole("list", { name: "Log" });
    await expect.poll(() => log.getByRole("listitem").allInnerTexts()).toHaveLength(2);
    const [newest, before] = await log.getByRole("listitem").allInnerTexts();
    expect(newest).toContain("owner ruled out hypothesis 2");
    expect(before).toContain("owner confirmed hypothesis 1");
    const ids = cartIncident().hypotheses.map(({ id }) => id);
    expect(fake.state.feedback.map(({ payload }) => payload)).toEqual([
      { hypothesis_id: ids[0] },
      { hypothesis_id: ids[1] },
    ]);
  });

  test("a note is written and sent by the keyboard alone, and what it says is shown as text", async () => {
    await show();
    const box = page.getByRole("textbox", { name: "Note" });
    await box.focus();
    await page.keyboard.type("rolled back <b>by hand</b>");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("list", { name: "Log" }).getByText("rolled back <b>by hand</b>").waitFor();
    expect(await box.inputValue()).toBe("");
    expect(await page.getByRole("button", { name: "Add note" }).isDisabled()).toBe(true);
  });

  test("a note that could not be stored stays in its box", async () => {
    await show();
    const box = page.getByRole("textbox", { name: "Note" });
    await box.fill("rolled back");
    fake.state.isDown = true;
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByText("The note was not stored.").waitFor();
    expect(await box.inputValue()).toBe("rolled back");
  });

  test("hostile HTML in a report neither runs nor links to a script", async () => {
    const report = cartIncident().report;
    const html =
      '<p>before<script>document.title="owned"</script><a href="javascript:document.title=1">link</a><iframe src="/x"></iframe><b style="position:fixed" class="x">bold</b></p>';
    await show({ report: report && { ...report, html } });
    const box = page.locator("#report .prose");
    expect(await box.innerHTML()).toBe("<p>before<a>link</a><b>bold</b></p>");
    expect(await page.title()).toContain(cartStory().title.slice(0, 9));
  });

  test("an unknown incident says so with the way on", async () => {
    await open("/incidents/inc_nothing");
    expect(await seen(page.getByRole("alert"))).toContain("There is no incident inc_nothing.");
    expect(await seen(page.getByRole("alert"))).toContain("Check the id or the name, and the project.");
  });

  test("a project is created, its keys are shown once, a taken name is explained", async () => {
    await open("/projects");
    await page.getByLabel("Name").fill("!");
    await page.getByRole("button", { name: "Create project" }).click();
    await page.getByText(/name must start with a letter/).waitFor();
    await page.getByLabel("Name").fill("checkout");
    await page.getByRole("button", { name: "Create project" }).click();
    await page.getByText("checkout is ready").waitFor();
    expect(await excessWidth()).toBeLessThanOrEqual(0);
    for (const key of ["cul_ing_fake", "cul_api_fake", "http://cul_ing_fake"])
      await page.getByText(key).first().waitFor();
    await page.getByRole("button", { name: "I have copied them" }).click();
    await page.getByLabel("Name").fill("checkout");
    await page.getByRole("button", { name: "Create project" }).click();
    await page.getByText("A project named checkout exists already.").waitFor();
    expect(await page.getByText("cul_api_fake").count()).toBe(0);
  });

  test.each([360, 768, 1600])("no page is wider than a screen of %i pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    fake.state.incidents = incidentStories(8);
    const long = incidentStories(8)[5];
    const paths = ["/", "/projects"];
    if (long) {
      fake.state.details.set(long.id, { ...cartIncident(), ...long, title: "x".repeat(400) });
      paths.push(`/incidents/${long.id}`);
    }
    for (const path of paths) {
      await open(path);
      await page.locator("main :is(h1, h2)").first().waitFor({ state: "attached" });
      expect(await excessWidth(), path).toBeLessThanOrEqual(0);
    }
  });

  const automationPaths = [
    ["/workflows", "incident-response"],
    ["/workflows/wf_1", "Look for the cause"],
    ["/workflows/wf_4", "The built-in one has moved on"],
    ["/workflows/new", "Nothing is wrong with it."],
    ["/executions", "ran out of time, started"],
    ["/executions/exec_live", "Did it happen?"],
    ["/ledger", "Every matcher matched"],
    ["/approvals", "Open a pull request with this patch?"],
    ["/integrations", "The key is expired (401)."],
    ["/integrations/new/slack", "Make an app at api.slack.com"],
    ["/integrations/int_1", "had a wrong signature"],
    ["/operations", "The backup of 02:00 failed"],
  ] as const;

  test.each([360, 768, 1600])("long and hostile text neither runs nor widens a page of %i pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    fake.state.automation = "full";
    fake.state.projects = [project("shop")];
    for (const [path, words] of automationPaths) {
      await open(path);
      await page.getByText(words, { exact: false }).first().waitFor();
      expect(await excessWidth(), path).toBeLessThanOrEqual(0);
      expect(await page.title(), path).not.toBe("owned");
    }
  });

  test("each page says what to do while there is nothing", async () => {
    fake.state.projects = [project("shop")];
    const words = [
      ["/workflows", "You have none of your own yet"],
      ["/executions", "Nothing has run yet."],
      ["/ledger", "Nothing has happened yet that a workflow waits for."],
      ["/approvals", "Nothing waits for you."],
      ["/integrations", "Nothing is connected yet."],
      ["/operations", "No backup was made yet."],
    ] as const;
    for (const [path, text] of words) {
      await open(path);
      await page.getByText(text, { exact: false }).first().waitFor();
    }
    fake.state.projects = [];
    await open("/workflows");
    await page.getByRole("link", { name: "Create one first" }).waitFor();
  });

  test("which project a page is about is chosen, stands in the address, and is kept", async () => {
    fake.state.projects = [project("shop"), project("billing")];
    await open("/workflows");
    await page.getByLabel("Project").selectOption({ label: "billing" });
    await expect.poll(() => page.url()).toContain("project=proj_billing");
    await open("/integrations");
    await expect.poll(() => page.getByLabel("Project").inputValue()).toBe("proj_billing");
  });

  test("how an execution stands is told by words and shapes, waiting apart from working", async () => {
    fake.state.automation = "full";
    await open("/executions/exec_live");
    const steps = page.getByRole("list", { name: "Steps" });
    const row = (path: string) => seen(steps.locator(`[data-path="${path}"]`));
    await expect.poll(() => row("ask")).toContain("waiting: waits for a person");
    expect(await row("investigate")).toContain("try 2");
    expect(await row("patch.tell")).toContain("unknown: it may have happened");
    expect(await row("each[0].label")).toContain("#1");
    await page.getByText("stopped by hands-off").waitFor();
    expect(await steps.locator('[data-path="slow"] .waiting-bar').count()).toBe(1);
    expect(await steps.locator('[data-path="investigate"] .waiting-bar').count()).toBe(0);
    await steps.locator('[data-path="investigate"] > details > summary').focus();
    await page.keyboard.press("Enter");
    await steps.locator('[data-path="investigate"]').getByText("Input").waitFor();
  });

  test("ready workflows are folded by what they are about, named there, and taken after one press", async () => {
    fake.state.automation = "full";
    fake.state.projects = [project("shop")];
    await open("/workflows");
    const gallery = page.getByRole("region", { name: "Ready workflows" });
    const group = gallery.locator("details").first();
    await expect.poll(() => seen(group.locator("> summary"))).toMatch(/^About incidents/);
    const name = (await seen(group.locator("> summary p"))).split(",")[0] ?? "";
    expect(await gallery.getByRole("heading", { name, exact: true }).isVisible()).toBe(false);
    await group.locator("> summary").focus();
    await page.keyboard.press("Enter");
    await gallery.getByRole("heading", { name, exact: true }).waitFor();
  });

  test("the ledger opens to the values that decided, and to its event", async () => {
    fake.state.automation = "full";
    fake.state.projects = [project("shop")];
    await open("/ledger");
    const entry = page.getByRole("list", { name: "Ledger" }).getByRole("listitem").nth(1);
    await entry.getByRole("button", { name: "What it saw" }).click();
    await expect.poll(() => seen(entry)).toContain('event.severity == "critical"');
    await entry.getByText("incident:inc_1").waitFor();
    await entry.getByRole("button", { name: "Replay the event" }).waitFor();
  });

  test("the theme is chosen, kept over a reload, and told", async () => {
    await open("/");
    await page.getByRole("button", { name: "Theme: system. Change to light" }).click();
    await page.getByRole("button", { name: "Theme: light. Change to dark" }).click();
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const dark = await paper();
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark. Change to system" }).waitFor();
    expect(await paper()).toBe(dark);
    expect(dark).toBe("rgb(21, 20, 18)");
  });
});
