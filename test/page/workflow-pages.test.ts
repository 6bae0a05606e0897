import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProjectCreated } from "@culprit/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findChromium, openBrowser } from "../../web/test/open-browser.ts";
import { type RunningCulprit, startCulprit } from "../culprit/start-culprit.ts";

const chromium = findChromium();
if (chromium === null) console.warn("No Chromium on this machine: the tests in the browser are skipped.");

/** The pages about workflows and integrations in a browser, on the real Culprit with the page that `npm test` has built. */
describe.skipIf(chromium === null)("the pages on the real Culprit", () => {
  let culprit: RunningCulprit;
  let project: ProjectCreated;
  let browser: Browser;
  let page: Page;
  let target: Server;
  let targetUrl: string;
  let complaints: string[];
  /** What the other side answers next, and what it was sent. */
  const answers: number[] = [];
  const calls: string[] = [];

  beforeAll(async () => {
    target = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        calls.push(`${request.method} ${body}`);
        response.writeHead(answers.shift() ?? 200).end("{}");
      });
    });
    await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
    targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}/hook`;
    culprit = await startCulprit({ env: { CULPRIT_PROOF: "off", CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1" } });
    project = JSON.parse((await culprit.culprit("project", "create", "shop", "--json")).stdout) as ProjectCreated;
    browser = await openBrowser(chromium ?? "");
    const first = await browser.newContext({ viewport: { width: 1360, height: 900 }, reducedMotion: "reduce" });
    page = await first.newPage();
    await page.goto(culprit.loginLink);
  });
  afterAll(async () => {
    await browser?.close();
    await culprit?.stop();
    target?.close();
  });
  beforeEach(() => {
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // The browser itself reports answers that are no success; everything else is a fault of the page.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        complaints.push(message.text());
    });
  });
  afterEach(() => {
    page.removeAllListeners();
    expect(complaints).toEqual([]);
  });

  const open = (path: string) => page.goto(culprit.url + path);
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const write = async (name: string, steps: string) => {
    await open("/workflows/new");
    const editor = page.getByLabel("Text of the workflow");
    await editor.fill(`name: ${name}\ntriggers:\n  - type: manual\n${steps}`);
    await button("Create workflow").click();
    await page.getByRole("heading", { name }).waitFor();
  };

  test("a workflow is written, checked at its lines, run by hand with a form, approved, and seen step by step", async () => {
    await open("/workflows/new");
    const editor = page.getByLabel("Text of the workflow");
    await editor.fill("name: broken\nsteps:\n  - id: a\n    uses: no_such_action\n");
    await page.getByRole("list", { name: "Problems" }).getByText("no_such_action").first().waitFor();
    expect(await button("Create workflow").isDisabled()).toBe(true);
    await write(
      "ask-first",
      `inputs:
  who:
    type: string
    required: true
steps:
  - id: ask
    name: Ask somebody
    uses: approval
    with:
      message: May \${{ inputs.who }} go on?
  - id: wait
    name: Wait a moment
    uses: delay
    with:
      seconds: 1
`,
    );
    await page.locator('[data-step="ask"]').waitFor();
    await button("Run…").click();
    await page.getByLabel("Who").fill("Ada");
    await button("Run it now").click();
    await page.getByRole("region", { name: "It waits for you" }).getByText("May Ada go on?").waitFor();
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Approvals/ })
      .click();
    await page.getByLabel("Reason (optional)").fill("she may");
    await button("Approve").click();
    await page.getByText("Nothing waits for you.").waitFor();
    await page.getByRole("link", { name: "ask-first" }).click();
    await page.getByRole("status").getByText("Completed").waitFor();
    const steps = page.getByRole("list", { name: "Steps" });
    expect(await steps.getByRole("listitem").count()).toBe(2);
    await steps.getByText("Approved by", { exact: false }).first().waitFor();
    await steps.getByText("Wait a moment").click();
    await page.getByRole("region", { name: "Log lines" }).getByText("ask-first began").waitFor();
  });

  test("an effect that may have happened is loud, and is made again only when a person says that it was not", async () => {
    await write(
      "call-out",
      `steps:\n  - id: call\n    uses: http_request\n    with:\n      method: POST\n      url: ${targetUrl}\n      body: hello\n`,
    );
    answers.push(500);
    await button("Run…").click();
    await button("Run it now").click();
    const unknown = page.getByRole("region", { name: "What is not known" });
    await unknown.getByText("Did it happen?").waitFor();
    expect(calls).toEqual(["POST hello"]);
    await unknown.getByRole("button", { name: "It did not: send it" }).click();
    await page.getByRole("status").getByText("Completed").waitFor();
    expect(calls).toEqual(["POST hello", "POST hello"]);
    expect(await unknown.count()).toBe(0);
  });

  test("an effect that a person found at the other side is not made again, and the execution goes on", async () => {
    calls.length = 0;
    const steps = `steps:\n  - id: call\n    uses: http_request\n    with:\n      method: POST\n      url: ${targetUrl}\n      body: once\n`;
    await write("call-once", `${steps}  - id: wait\n    uses: delay\n    with:\n      seconds: 1\n`);
    answers.push(502);
    await button("Run…").click();
    await button("Run it now").click();
    const unknown = page.getByRole("region", { name: "What is not known" });
    await unknown.getByLabel("What you found (optional)").fill("it is in their log");
    await unknown.getByLabel("Its number or address there (optional)").fill("https://example.org/calls/7");
    await unknown.getByRole("button", { name: "It happened" }).click();
    await page.getByRole("status").getByText("Completed").waitFor();
    expect(calls).toEqual(["POST once"]);
    await page.getByRole("region", { name: "Log lines" }).getByText("it is in their log").waitFor();
    await page.locator('[data-path="call"] > details > summary').click();
    await page.getByRole("link", { name: "https://example.org/calls/7" }).waitFor();
  });

  test("a step's form writes into the text and leaves the rest of it alone; a save makes a version", async () => {
    await open("/workflows/new");
    const editor = page.getByLabel("Text of the workflow");
    const text = "name: by-form\nsteps:\n  - id: first # and me\n    uses: delay\n    with: { seconds: 1 }\n";
    await editor.fill(`# keep me\n${text}`);
    await page.locator('[data-step="first"]').click();
    await page.getByLabel(/^Name/).fill("The first one");
    await page.getByLabel("Step to add behind this one").selectOption("delay");
    await button("Put into the text").click();
    await expect
      .poll(() => editor.inputValue())
      .toContain("# keep me\nname: by-form\nsteps:\n  - id: first\n    name: The first one\n");
    await page.locator('[data-step="first"]', { hasText: "The first one" }).waitFor();
    await button("Create workflow").click();
    await page.getByText("version 1 runs now").waitFor();
    await page.locator('[data-step="first"]').click();
    await page.getByLabel(/^Name/).fill("Renamed");
    await button("Put into the text").click();
    await button("Save").click();
    await page.getByText("version 2 runs now").waitFor();
    await button(/^Version 2/).click();
    await page.getByRole("region", { name: "What version 2 changed" }).getByText("name: Renamed").waitFor();
  });

  test("a save over a version that was not seen asks whose text shall stand, and loses neither unasked", async () => {
    const text = (seconds: number) =>
      `name: two-hands\nsteps:\n  - id: wait\n    uses: delay\n    with:\n      seconds: ${seconds}\n`;
    await write("two-hands", text(1).slice("name: two-hands\n".length));
    const editor = page.getByLabel("Text of the workflow");
    await editor.fill(text(2));
    await button("Save").waitFor();
    const url = `${culprit.url}/api/workflows/${page.url().split("/").at(-1)}?project=${project.project_id}`;
    const theirs = await fetch(url, {
      method: "PUT",
      headers: { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" },
      body: JSON.stringify({ text: text(3), base_version: 1 }),
    });
    expect(theirs.status).toBe(200);
    await button("Save").click();
    await page.getByText("Somebody saved version 2 while you edited version 1.").waitFor();
    expect(await editor.inputValue()).toBe(text(2));
    await button("Save mine over it").click();
    await page.getByText("version 3 runs now").waitFor();
    expect(await editor.inputValue()).toContain("seconds: 2");
  });

  test("a webhook trigger shows its address, and its secret this once", async () => {
    await open("/workflows/new");
    const text =
      "name: called\ntriggers:\n  - type: webhook\nsteps:\n  - id: wait\n    uses: delay\n    with:\n      seconds: 1\n";
    await page.getByLabel("Text of the workflow").fill(text);
    await button("Create workflow").click();
    await button("Make its secret").click();
    await page.getByText("Copy the secret now.").waitFor();
    const secret = await page.getByRole("region", { name: "the secret" }).innerText();
    expect(secret.length).toBeGreaterThan(20);
    await page.reload();
    await button("Make a new secret").waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  test("a secret is set by name, listed without its value, and deleted", async () => {
    await open("/workflows");
    // What stands above the form is there, so that nothing moves under the click.
    await page.getByRole("link", { name: "incident-response", exact: true }).waitFor();
    await page.getByText("pr-size-labeler").first().waitFor();
    await page.getByLabel("Name of the secret").fill("CHAT_TOKEN");
    await page.getByLabel("Value of the secret").fill("not-to-be-seen");
    await button("Set").click();
    const secrets = page.getByRole("list", { name: "Secrets" });
    await secrets.getByText("CHAT_TOKEN").waitFor();
    expect(await page.content()).not.toContain("not-to-be-seen");
    await button("Delete CHAT_TOKEN").click();
    await secrets.getByText("CHAT_TOKEN").waitFor({ state: "detached" });
  });

  test("what is built in is switched off only after a warning, as a copy that one click takes back", async () => {
    await open("/workflows");
    await page.getByRole("link", { name: "incident-response", exact: true }).click();
    await page.locator("[data-step]").first().waitFor();
    await button("Switch off").click();
    const warning = page.getByRole("dialog", { name: "Switch incident-response off?" });
    await warning.getByText("nobody looks for their cause").waitFor();
    await warning.getByRole("button", { name: "Switch it off" }).click();
    await page.getByText("Your copy of a built-in one").waitFor();
    await button("Reset to the built-in one…").click();
    await page.getByRole("dialog").getByRole("button", { name: "Reset", exact: true }).click();
    await page.getByText("Built in, protected").waitFor();
    await button("Switch off").waitFor();
  });

  test("a ready workflow is taken by one click and runs from then on", async () => {
    await open("/workflows");
    const gallery = page.getByRole("region", { name: "Ready workflows" });
    await gallery.getByText("About incidents").click();
    const card = gallery.getByRole("listitem").first();
    const name = await card.getByRole("heading").innerText();
    await card.getByRole("button", { name: "Take and activate" }).click();
    await gallery.getByRole("listitem").filter({ hasText: name }).getByText("You have it").first().waitFor();
    await page.getByRole("list", { name: "Workflows", exact: true }).getByRole("link", { name, exact: true }).waitFor();
  });

  test("what an incident set going is seen from its page to the last step, and in the ledger, where it is replayed", async () => {
    const error = {
      message: "no rate for XBT",
      type: "RangeError",
      stack: "RangeError: no rate\n    at rateOf (/srv/rates.js:3:9)",
    };
    const reply = await fetch(`${culprit.url}/api/ingest`, {
      method: "POST",
      headers: { authorization: `Bearer ${project.ingest_key}`, "content-type": "application/json" },
      body: JSON.stringify({ error, context: { environment: "production" } }),
    });
    const { incident_id: id } = (await reply.json()) as { incident_id: string };
    await open(`/incidents/${id}`);
    const did = page.getByRole("region", { name: "What Culprit did" });
    const steps = did.getByRole("list", { name: "Steps" }).getByRole("listitem");
    await expect.poll(() => steps.count(), { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    await did.getByRole("link", { name: "All of it" }).click();
    await page.getByRole("heading", { name: "incident-response" }).waitFor();
    await page.getByRole("region", { name: "Log lines" }).getByText("incident-response completed").waitFor();
    await open("/ledger");
    const rows = page
      .getByRole("list", { name: "Ledger" })
      .getByRole("listitem")
      .filter({ hasText: "incident.approved" })
      .filter({ has: page.getByText("Ran", { exact: true }) });
    await rows.first().waitFor();
    const before = await rows.count();
    await rows.first().getByRole("button", { name: "What it saw" }).click();
    await rows.first().getByRole("button", { name: "Replay the event" }).click();
    await expect.poll(() => rows.count(), { timeout: 15_000 }).toBeGreaterThan(before);
  });

  test("an integration is connected by its form, its secret is never shown again, and it is removed", async () => {
    await open("/integrations");
    await page.getByRole("link", { name: "Webhook", exact: true }).click();
    await page.getByLabel("Secret", { exact: true }).fill("sixteen-characters-and-more");
    await button("Connect").click();
    await page.getByRole("heading", { name: "Where its webhooks go" }).waitFor();
    expect(await page.content()).not.toContain("sixteen-characters");
    await button("Check now").click();
    await page.getByText("It only takes calls in").waitFor();
    await button("Remove…").click();
    await button("Remove it").click();
    await page.getByText("Nothing is connected yet.").waitFor();
  });

  test("hands off is switched for everything with its reason, stops what would go out, and is ended", async () => {
    calls.length = 0;
    await write(
      "call-again",
      `steps:\n  - id: call\n    uses: http_request\n    with:\n      method: POST\n      url: ${targetUrl}\n      body: stopped\n`,
    );
    await button("Hands off").click();
    await page.getByLabel("Reason, for whoever sees it").fill("a drill");
    await button("Stop it now").click();
    const banner = page.getByRole("complementary", { name: "Hands off" });
    await banner.getByText("a drill").waitFor();
    await button("Run…").click();
    await button("Run it now").click();
    await page.getByRole("heading", { name: "Steps" }).waitFor();
    await expect
      .poll(() => page.getByRole("list", { name: "Steps" }).innerText(), { timeout: 15_000 })
      .toMatch(/hands.off/i);
    expect(calls).toEqual([]);
    await banner.getByRole("button", { name: "Let it act again" }).click();
    await banner.waitFor({ state: "detached" });
  });

  test.each([360, 1600])("none of these pages is wider than a screen of %i pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    const paths = ["/workflows", "/workflows/new", "/executions", "/ledger", "/approvals", "/integrations"];
    for (const path of [...paths, "/integrations/new/webhook", "/operations"]) {
      await open(path);
      await page.locator("main h1").waitFor();
      const excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(Number(await page.evaluate(excess)), path).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1360, height: 900 });
  });
});
