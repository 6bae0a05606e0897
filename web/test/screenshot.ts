import { parseArgs } from "node:util";
import { findChromium, openBrowser } from "./open-browser.ts";

const usage = "node web/test/screenshot.ts URL OUT.png [--dark] [--width N] [--height N] [--login URL] [--full]";

/** Takes a picture of a page once it shows what it was asked for. `--login` opens a one-time link first. */
async function takeScreenshot(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dark: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      width: { type: "string", default: "1440" },
      height: { type: "string", default: "1000" },
      login: { type: "string" },
    },
  });
  const [url, out] = positionals;
  const executable = findChromium();
  if (!url || !out) throw new Error(`Usage: ${usage}`);
  if (!executable) throw new Error("No Chromium is installed: apt-get install -y chromium");
  const browser = await openBrowser(executable);
  try {
    const page = await browser.newPage({
      viewport: { width: Number(values.width), height: Number(values.height) },
      colorScheme: values.dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    if (values.login) await page.goto(values.login);
    await page.goto(url);
    await page.waitForSelector("main :is(h1, h2)", { state: "attached" });
    if (url.includes("/incidents/")) await page.waitForSelector(".u-over", { timeout: 5000 }).catch(() => null);
    await page.evaluate("document.fonts.ready");
    await page.screenshot({ path: out, fullPage: values.full });
  } finally {
    await browser.close();
  }
}

await takeScreenshot();
