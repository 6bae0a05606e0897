import { expect, test } from "vitest";
import { approval } from "./fixtures/automation.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("approvals by the keyboard", () => {
  const inBrowser = usePage();

  test("who answers one stands at the next, not at its button, and after the last where it says that nothing waits", async () => {
    const { page, fake } = inBrowser;
    fake.state.approvals = ["first", "second", "third"].map((message, index) => ({
      ...{ ...approval, id: `apr_${index}`, message, incident_id: null },
    }));
    await inBrowser.open("/approvals");
    const one = (message: string) => page.getByRole("listitem").filter({ hasText: message });
    const focused = () => page.evaluate<string>("document.activeElement.innerText");
    await one("second").getByRole("button", { name: "Approve" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(focused).toMatch(/^third/);
    expect(await page.evaluate("document.activeElement.tagName")).toBe("LI");
    await page.keyboard.press("Enter");
    expect(fake.state.approvals.map(({ message }) => message)).toEqual(["first", "third"]);
    await page.keyboard.press("Tab");
    for (const message of ["third", "first"]) {
      await one(message).getByRole("button", { name: "Reject" }).focus();
      await page.keyboard.press("Enter");
      await one(message).waitFor({ state: "detached" });
    }
    await expect.poll(focused).toMatch(/^Nothing waits for you/);
  });

  test("an answer that could not be sent leaves the focus on its button", async () => {
    const { page, fake } = inBrowser;
    fake.state.approvals = [{ ...approval, incident_id: null }];
    await inBrowser.open("/approvals");
    const button = page.getByRole("button", { name: "Approve" });
    await button.focus();
    fake.state.isDown = true;
    await page.keyboard.press("Enter");
    await page.getByRole("form").getByRole("alert").waitFor();
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  });
});
