import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { buildPage } from "./build-page.ts";
import { type FakeCulprit, startFakeCulprit } from "./fake-culprit.ts";
import { findChromium, openBrowser } from "./open-browser.ts";

const chromium = findChromium();
if (chromium === null) console.warn("No Chromium on this machine: the tests in the browser are skipped.");

/** `describe` for tests in a browser; where the machine has none, they are skipped. */
export const describeInBrowser = describe.skipIf(chromium === null);

/** What a test has of its own: `page` and `fake` are new for each. */
export interface PageInBrowser {
  readonly page: Page;
  readonly fake: FakeCulprit;
  /** Goes to an address of the fake. */
  open(path: string): Promise<unknown>;
  /** How many pixels the page is wider than its window. */
  excessWidth(): Promise<number>;
}

/**
 * Gives each test of the `describe` it is called in the built page in a browser tab, on a fake server that `prepare` has filled. A test after which the
 * page has complained, by an error or by its console, fails.
 */
export function usePage(prepare: (state: FakeCulprit["state"]) => void = () => {}): PageInBrowser {
  let folder: string;
  let browser: Browser;
  let fake: FakeCulprit;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    folder = await buildPage();
    browser = await openBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    fake = await startFakeCulprit(folder);
    prepare(fake.state);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // The browser itself reports answers that are no success; everything else is a fault of the page.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    await fake.close();
    expect(complaints).toEqual([]);
  });

  return {
    get page() {
      return page;
    },
    get fake() {
      return fake;
    },
    open: (path) => page.goto(fake.url + path),
    excessWidth: async () =>
      Number(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")),
  };
}
