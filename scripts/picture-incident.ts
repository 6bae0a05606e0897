import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findChromium, openBrowser } from "../web/test/open-browser.ts";

// Takes docs/incident.png: the page of the demo's incident as it stands at the end. Build the page first (npm run build -w web).
// node scripts/picture-incident.ts [--login URL]     --login: of a demo that runs already
const target = fileURLToPath(new URL("../docs/incident.png", import.meta.url));
const demoPath = fileURLToPath(new URL("../examples/shop/src/demo/main.ts", import.meta.url));
const bytesMax = 300_000;
const size = { width: 1440, height: 1400 };

const { values } = parseArgs({ options: { login: { type: "string" } } });
const executable = findChromium();
if (executable === null) throw new Error("No Chromium is installed: apt-get install -y chromium");
const demo = values.login === undefined ? await startDemo() : null;
try {
  await takePicture(executable, values.login ?? demo?.login ?? "");
} finally {
  demo?.process.kill("SIGINT");
}
console.log(`${target}: ${Math.round(statSync(target).size / 1000)} kB`);
if (statSync(target).size > bytesMax) process.exitCode = 1;

async function takePicture(executablePath: string, login: string): Promise<void> {
  const browser = await openBrowser(executablePath);
  try {
    const page = await browser.newPage({ viewport: size, colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(login);
    // The one that was reproduced and proven, not what else the same failure set off.
    await page
      .getByRole("list", { name: "Incidents" })
      .getByRole("link", { name: /TypeError/ })
      .first()
      .click();
    // Its end: nothing runs any more, and the pull request is open.
    const endMs = { timeout: 120_000 };
    await page.getByRole("link", { name: /patch proven$/ }).waitFor(endMs);
    await page.getByText("Pull request open", { exact: true }).first().waitFor(endMs);
    await page.locator("#steps").getByText("completed", { exact: true }).first().waitFor(endMs);
    await page.locator(".u-over").first().waitFor();
    await page.evaluate("document.fonts.ready");
    await page.screenshot({ path: target });
  } finally {
    await browser.close();
  }
}

/** Starts the demo and waits until it has its answer. */
async function startDemo() {
  const child = spawn(process.execPath, [demoPath, "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  const login = await new Promise<string | undefined>((resolve) => {
    child.stderr.on("data", (chunk) => {
      told += String(chunk);
      const found = /^Sign in \(once\): (\S+)$/m.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => resolve(undefined));
  });
  if (login === undefined) throw new Error(`The demo ended without an answer:\n${told}`);
  return { process: child, login };
}
