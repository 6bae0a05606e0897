import { expect, test } from "vitest";
import { cartAutopsies } from "./fixtures/cart-autopsies.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("the autopsy on an incident's page", () => {
  const inBrowser = usePage();

  test("says the cause with its evidence, what to do, what was left out and what it cost", async () => {
    const { page, fake, open } = inBrowser;
    const incident = cartIncident();
    fake.state.details.set(incident.id, incident);
    fake.state.autopsies.set(incident.id, cartAutopsies());
    await open(`/incidents/${incident.id}`);
    const part = page.locator("#autopsy");
    await part.getByText("discountFor reads the ratio of a tier").waitFor();
    await part.getByText("src/pricing/discount.ts:28 in discountFor").first().click();
    await part.getByText("> 28 | return tier.ratio").waitFor();
    await part.getByText("What it was given: 1 part,").click();
    await part.getByText("No room was left in 40000 characters.").waitFor();
    await part.getByText("Answers and attempts: 2 and 1; 1 call, 5,400 tokens, cost 0.0123").click();
    const answers = part.getByRole("table").filter({ hasText: "Differs from the one before" });
    expect(await answers.innerText()).toContain("5,400 tokens (estimated)");
    expect(await answers.innerText()).toContain("before by rules");
    expect(await part.getByRole("button", { name: "Copy the prompt for a coding tool" }).count()).toBe(1);
    expect(await inBrowser.excessWidth()).toBeLessThanOrEqual(0);
  });

  test("does not say the verdict's sentence again, and shows commands as code", async () => {
    const { page, fake, open } = inBrowser;
    const incident = cartIncident();
    const said = incident.verdict_summary ?? "";
    const autopsies = cartAutopsies();
    const answers = autopsies.answers.map((one) => ({ ...one, claims: [{ text: said, evidence_ids: ["evd_code"] }] }));
    fake.state.details.set(incident.id, incident);
    fake.state.autopsies.set(incident.id, { ...autopsies, answers });
    await open(`/incidents/${incident.id}`);
    const part = page.locator("#autopsy");
    await part.getByRole("link", { name: "the verdict" }).waitFor();
    expect(await part.innerText()).not.toContain("loyalty tier optional");
    await part.getByText("src/pricing/discount.ts:28 in discountFor").first().waitFor();
    expect(await part.locator("ol code").innerText()).toBe("git revert 4c1de02");
  });

  test("is not there before one was written", async () => {
    const { page, fake, open } = inBrowser;
    const incident = cartIncident();
    fake.state.details.set(incident.id, incident);
    await open(`/incidents/${incident.id}`);
    await page.locator("#patch").waitFor();
    expect(await page.locator("#autopsy").count()).toBe(0);
  });
});
