import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

test("a reader that goes away, as head does, ends the command quietly", async () => {
  const child = spawn(process.execPath, [main, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  const errors: Buffer[] = [];
  child.stderr.on("data", (part: Buffer) => errors.push(part));
  // Before it has written anything: what it writes then finds a closed pipe.
  child.stdout.destroy();
  const [code] = await once(child, "close");
  expect(Buffer.concat(errors).toString()).toBe("");
  expect(code).toBe(0);
});
