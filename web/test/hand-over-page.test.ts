import { expect, test } from "vitest";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("handing an incident over", () => {
  const inBrowser = usePage();
  const show = async () => {
    const incident = cartIncident();
    inBrowser.fake.state.details.set(incident.id, incident);
    await inBrowser.open(`/incidents/${incident.id}`);
    const part = inBrowser.page.locator("#hand-over");
    await part.waitFor();
    return { incident, part };
  };

  test("the editor is set by the keyboard, a folder that is no whole path is refused, and the setting is kept", async () => {
    const { page } = inBrowser;
    const { part } = await show();
    await part.locator("summary", { hasText: "Open in your editor" }).focus();
    await page.keyboard.press("Enter");
    await part.getByLabel("Editor").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.type("shop");
    await part.getByText("A whole path is needed").waitFor();
    expect(await part.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("/home/ada/shop");
    await page.keyboard.press("Enter");
    const link = part.getByRole("link", { name: "Open in Cursor" });
    expect(await link.getAttribute("href")).toMatch(/^cursor:\/\/file\/home\/ada\/shop\/.+:\d+/);
    await page.reload();
    await link.waitFor();
  });

  test("names the command for a checkout and a file of each format, and fits a narrow screen", async () => {
    const { page, excessWidth } = inBrowser;
    const { incident, part } = await show();
    await part.getByText(`culprit fix ${incident.id} --server ${new URL(page.url()).origin} --apply`).waitFor();
    for (const [name, format] of [
      ["Markdown", "markdown"],
      ["HTML", "html"],
      ["JSON", "json"],
      ["PDF", "pdf"],
    ] as const)
      expect(await part.getByRole("link", { name }).getAttribute("href")).toContain(`format=${format}`);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await excessWidth()).toBeLessThanOrEqual(0);
  });
});
