import { appendFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keepLogSmall } from "./keep-log-small.ts";

const folder = mkdtempSync(join(tmpdir(), "culprit-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a log over its limit moves aside, and who has it open goes on at its new beginning", () => {
  const log = join(folder, "postgres.log");
  const writer = openSync(log, "a");
  writeSync(writer, "first complaint\n");
  keepLogSmall(log, 100);
  expect(readFileSync(log, "utf8")).toBe("first complaint\n");
  appendFileSync(log, "x".repeat(100));
  keepLogSmall(log, 100);
  writeSync(writer, "next\n");
  expect(readFileSync(log, "utf8")).toBe("next\n");
  expect(readFileSync(`${log}.1`, "utf8")).toMatch(/^first complaint\nx+$/);
});
