import type { IncidentDetail, IncidentPullRequest } from "@culprit/contract";
import { expect, test } from "vitest";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

const opened: IncidentPullRequest = {
  ...{
    id: "pr_1",
    forge: "github",
    repository: "acme/cart",
    number: 7,
    name: "acme/cart#7",
    url: "https://github.com/acme/cart/pull/7",
  },
  ...{ title: "Fix the discount", branch: "culprit/inc-1", base_branch: "main", is_own: true, state: "open" },
  ...{ commit: "a".repeat(40), closed_reason: null, merged_at: null, closed_at: null, check_error: null },
  checks: { state: "failure", total: 2, failing: ["lint"] },
  reviews: { state: "approved", approved_by: ["ann"], changes_requested_by: [] },
  ...{ opened_at: "2026-11-21T12:00:00.000Z", checked_at: "2026-11-21T12:05:00.000Z" },
};

describeInBrowser("the pull request on an incident's page", () => {
  const inBrowser = usePage();
  const show = async (pullRequest: Partial<IncidentDetail["pull_request"]>) => {
    const incident = cartIncident();
    const shown = { ...incident, pull_request: { ...incident.pull_request, ...pullRequest } };
    inBrowser.fake.state.details.set(incident.id, shown);
    await inBrowser.open(`/incidents/${incident.id}`);
    const part = inBrowser.page.locator("#pull-request");
    await part.waitFor();
    return { incident, part };
  };

  test("is asked for by a button", async () => {
    const { incident, part } = await show({ blocked: null });
    await part.getByRole("button", { name: "Open pull request" }).click();
    await part.getByText("Asked for; what becomes of it shows here in a moment.").waitFor();
    expect(inBrowser.fake.state.pullRequestsAskedFor).toEqual([incident.id]);
  });

  test("with a patch of an earlier conclusion says so beside the button, and is asked for only once that is confirmed", async () => {
    const { page, fake } = inBrowser;
    const outdated_reason = "Of an earlier conclusion: revision 3 of the report says otherwise.";
    const { incident, part } = await show({ blocked: null, outdated_reason });
    expect(await part.innerText()).toContain(outdated_reason);
    const verdict = page.getByRole("region", { name: /made the loyalty tier optional/ });
    expect(await verdict.getByRole("link", { name: "Of an earlier conclusion" }).getAttribute("href")).toBe(
      "#pull-request",
    );
    expect(await verdict.getByText("Ready to be opened").count()).toBe(0);
    await part.getByRole("button", { name: "Open pull request" }).click();
    await part.getByRole("button", { name: "Leave it" }).click();
    await part.getByRole("button", { name: "Open pull request" }).click();
    expect(fake.state.pullRequestsAskedFor).toEqual([]);
    await part.getByRole("button", { name: "Open it all the same" }).click();
    await part.getByText("Asked for; what becomes of it shows here in a moment.").waitFor();
    expect(fake.state.pullRequestsAskedFor).toEqual([incident.id]);
    expect(fake.state.patches).toEqual([{ outdated: true }]);
    expect(await inBrowser.excessWidth()).toBeLessThanOrEqual(0);
  });

  test("shows how it stands, and no button while it is open", async () => {
    const { part } = await show({ items: [opened], blocked: "acme/cart#7 is open for it." });
    expect(await part.getByRole("link", { name: "acme/cart#7" }).getAttribute("href")).toBe(opened.url);
    expect(await part.innerText()).toMatch(/Fix the discount[\s\S]*checks fail[\s\S]*approved/);
    expect(await part.getByRole("button", { name: "Open pull request" }).count()).toBe(0);
    expect(await inBrowser.excessWidth()).toBeLessThanOrEqual(0);
  });

  test("stands in the verdict too: how it stands, or that it waits for a person, whom the keyboard leads there", async () => {
    const { page } = inBrowser;
    await show({ items: [opened], blocked: "acme/cart#7 is open for it." });
    const verdict = page.getByRole("region", { name: /made the loyalty tier optional/ });
    expect(await verdict.getByRole("link", { name: "acme/cart#7" }).getAttribute("href")).toBe(opened.url);
    expect(await verdict.innerText()).toMatch(/acme\/cart#7 open, checks fail, approved/);
    await show({ blocked: null });
    await verdict.getByRole("link", { name: "Ready to be opened" }).focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(/#pull-request$/);
    await show({ blocked: "No patch was drafted." });
    expect(await verdict.getByText("Pull request", { exact: true }).count()).toBe(0);
  });

  test("says why there is none, and leads nowhere but to a web address", async () => {
    const reason = "acme/cart does not take the branch culprit/inc-1: GH006: Protected branch.";
    const last_decision = {
      outcome: "refused",
      reason,
      mode: "manual",
      asked_by: "ann",
      url: null,
      created_at: opened.opened_at,
    } as const;
    const { part } = await show({
      items: [{ ...opened, state: "closed", url: "javascript:alert(1)" }],
      last_decision,
      blocked: null,
    });
    expect(await part.innerText()).toContain(reason);
    const verdict = inBrowser.page.getByRole("region", { name: /made the loyalty tier optional/ });
    expect(await verdict.innerText()).toContain("Could not be opened");
    expect(await part.locator("a[href^='javascript']").count()).toBe(0);
  });
});

describeInBrowser("who opens the pull requests of a project", () => {
  const inBrowser = usePage((state) => {
    state.projects = [
      {
        ...{ id: "proj_shop", name: "shop", repository: null, incident_count: 0, created_at: opened.opened_at },
        ...{ ingest_key_prefix: "cul_ing_fake", ingest_key_last_used_at: null },
      },
    ];
  });

  test("is told in words, and changed by the keyboard with its limits", async () => {
    const { page, fake, open } = inBrowser;
    await open("/projects");
    await page.getByText("a person opens them").waitFor();
    await page.getByLabel("Pull requests").focus();
    await page.keyboard.type("auto");
    await page.getByText("Culprit opens them itself, within these limits").waitFor();
    expect(fake.state.pullRequestSettings).toEqual({ mode: "auto" });
    expect(await page.getByLabel("Seen at least").inputValue()).toBe("2");
    expect(await page.getByLabel("Confidence at least").inputValue()).toBe("0.8");
    const daily = page.getByLabel("At most");
    expect(await daily.inputValue()).toBe("3");
    await daily.fill("500");
    await daily.press("Tab");
    await daily.fill("5");
    await daily.press("Tab");
    await expect.poll(() => fake.state.pullRequestSettings).toEqual({ mode: "auto", daily_max: 5 });
  });
});
