import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "culprit-npm-start-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server that says that it runs, and with its last word that it was asked to stop. */
const server = `
import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => { writeFileSync("stopped", "by SIGTERM"); process.exit(0); });
setTimeout(() => process.exit(1), 60_000);
writeFileSync("running", process.argv.slice(2).join(" "));
`;

test.each(["start", "culprit"])(
  "who ends npm ends the server that `npm run %s` runs, which closes in order, and its words arrive",
  async (script) => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    mkdirSync(join(folder, "server/src"), { recursive: true });
    writeFileSync(join(folder, "server/src/culprit.js"), server);
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "x", version: "1.0.0", type: "module", scripts: { [script]: scripts[script] } }),
    );
    const npm = spawn("npm", ["run", script, "--", "--port", "0"], { cwd: folder, stdio: "ignore" });
    const ended = new Promise((resolve) => npm.once("exit", resolve));
    // The file is there a moment before its words are.
    const told = () => (existsSync(join(folder, "running")) ? readFileSync(join(folder, "running"), "utf8") : "");
    await expect.poll(told).toMatch(/--port 0$/);
    npm.kill("SIGTERM");
    await expect.poll(() => existsSync(join(folder, "stopped"))).toBe(true);
    await ended;
  },
);
