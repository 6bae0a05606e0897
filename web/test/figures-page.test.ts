import { expect, test } from "vitest";
import { incidentStories } from "./fixtures/stories.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("the figures", () => {
  const inBrowser = usePage((state) => {
    state.incidents = incidentStories(3);
    state.projects = [
      {
        ...{ id: "proj_shop", name: "shop", repository: null, incident_count: 3, created_at: new Date().toISOString() },
        ...{ ingest_key_prefix: "cul_ing_fake", ingest_key_last_used_at: null },
      },
    ];
  });

  test("tell rates with what they count, times, days, kinds and states, wide and narrow", async () => {
    const { page, fake, open, excessWidth } = inBrowser;
    fake.state.watching = "full";
    await open("/figures");
    await page.getByText("5 of 8 patches have a green proof").waitFor();
    const row = page.getByRole("row", { name: /A patch is proven/ });
    expect(await row.innerText()).toMatch(/5\s+7\.60 s\s+21\.0 s/);
    await page.getByRole("figure", { name: "Incidents by day" }).waitFor();
    const states = page.locator("#states");
    // Each of the documented statuses names those of the incidents' pages that it is made of.
    for (const words of ["Pull request open", /Analyzing\s+investigating, diagnosed, failed, agent failed/])
      expect(await states.innerText()).toMatch(words);
    expect(
      await page
        .getByRole("navigation", { name: "Main" })
        .getByRole("link", { name: "Incidents" })
        .getAttribute("class"),
    ).toContain("bg-line/70");
    await states.getByText("1 of the last 7 days has no pull request.").waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await excessWidth()).toBeLessThanOrEqual(0);
  });

  test("say what to do where no incident was opened, and the time is chosen by the keyboard", async () => {
    const { page, open } = inBrowser;
    await open("/figures");
    await page.getByText("No incident was opened in this time.").waitFor();
    const asked = page.waitForRequest((request) => request.url().includes("days=7"));
    await page.getByLabel("How far back").focus();
    await page.keyboard.press("ArrowUp");
    await asked;
    await page.getByRole("link", { name: "connect a service" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Projects" }).waitFor();
  });
});
