import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPage } from "./build-page.ts";

const gzippedBytesMax = 190_000;

let folder: string;
let files: Map<string, Buffer>;

beforeAll(async () => {
  folder = await buildPage();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  files = new Map(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path)] as const)),
  );
});
afterAll(() => rm(folder, { recursive: true }));

test("the whole page, gzipped, stays under 190 KB", () => {
  const bytes = [...files.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(gzippedBytesMax);
});

test("the page loads nothing from elsewhere and holds no inline script, so a strict policy does not break it", () => {
  const html = files.get("/index.html")?.toString() ?? "";
  const references = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
  expect(references.length).toBeGreaterThanOrEqual(4);
  for (const reference of references) expect([...files.keys()]).toContain(reference);
  expect(html).not.toMatch(/<script(?![^>]* src=)/);
  const css = [...files].filter(([path]) => path.endsWith(".css")).map(([, content]) => content.toString());
  expect(css.join("")).not.toMatch(/url\(\s*["']?https?:|@import/);
});
