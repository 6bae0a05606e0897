import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPage } from "./build-page.ts";

/** What a browser loads before it shows an incident, and all there is with the pages and parts that are loaded when somebody goes there: the latter grows with each. */
const firstBytesMax = 185_000;
const allBytesMax = 325_000;

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

const gzippedBytes = (contents: Iterable<Buffer>) =>
  [...contents].reduce((sum, content) => sum + gzipSync(content).length, 0);

test("what is loaded first, gzipped, stays under 185 KB, and everything under 325 KB", () => {
  const html = files.get("/index.html")?.toString() ?? "";
  const first = [...files].filter(([path]) => html.includes(`"${path}"`)).map(([, content]) => content);
  expect(gzippedBytes(first)).toBeGreaterThan(50_000);
  expect(gzippedBytes(first)).toBeLessThan(firstBytesMax);
  expect(gzippedBytes(files.values())).toBeLessThan(allBytesMax);
});

test("pages that few go to are files of their own, which the first load does not wait for", () => {
  const html = files.get("/index.html")?.toString() ?? "";
  for (const page of [
    "workflow-page",
    "execution-page",
    "ledger-page",
    "integration-page",
    "operations-page",
    "service-list-page",
    "detection-page",
    "telemetry-page",
  ]) {
    const path = [...files.keys()].find((one) => one.includes(`/${page}-`) && one.endsWith(".js"));
    expect(path, page).toBeDefined();
    expect(html).not.toContain(path);
  }
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
