import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findBreaches } from "./house-rules.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "culprit-rooms-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("every file of this repository keeps to its room", () => {
  expect(findBreaches(root).map(({ file, rule, remedy }) => `${file}: ${rule}. ${remedy}`)).toEqual([]);
});

test.each([
  [
    "analysis that reads the clock of a package",
    { "server/src/analysis/a.ts": 'import { now } from "node:process";' },
    /analysis imports the package node:process/,
  ],
  [
    "a domain that knows a vendor",
    {
      "server/src/domains/x/index.ts": 'import { a } from "../../vendors/v/a.ts";',
      "server/src/vendors/v/a.ts": "export const a = 1;",
    },
    /domains imports vendors/,
  ],
  [
    "a domain that enters another by the side door",
    {
      "server/src/domains/x/index.ts": 'import type { A } from "../y/a.ts";',
      "server/src/domains/y/a.ts": "export type A = 1;",
    },
    /enters the domain y/,
  ],
  [
    "a type-only cycle",
    {
      "server/src/platform/a.ts": 'import type { B } from "./b.ts"; export type A = B;',
      "server/src/platform/b.ts": 'import type { A } from "./a.ts"; export type B = A;',
    },
    /import cycle: .*a\.ts → .*b\.ts → .*a\.ts/,
  ],
  [
    "a re-export that breaks the rule",
    {
      "contract/src/index.ts": 'export * from "../../server/src/platform/a.ts";',
      "server/src/platform/a.ts": "export const a = 1;",
    },
    /contract imports platform/,
  ],
  ["a file in no room", { "attic/a.ts": "export {};" }, /lies in no room/],
  [
    "a setting read on the side",
    { "server/src/domains/x/index.ts": "export const a = process.env.HOME;" },
    /reads process\.env/,
  ],
])("%s is a breach with a remedy", (_what, files, rule) => {
  const breaches = findBreaches(tree(files as unknown as Record<string, string>));
  expect(breaches.map((breach) => breach.rule).join("\n")).toMatch(rule);
  expect(breaches.every(({ remedy }) => remedy.length > 10)).toBe(true);
});
