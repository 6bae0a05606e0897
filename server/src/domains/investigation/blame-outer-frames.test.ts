import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalRepository } from "../../vendors/git/index.ts";
import { blameCommits } from "./index.ts";

let repo: string;
const git = (...args: string[]) => execFileSync("git", ["-C", repo, ...args], { encoding: "utf8" }).trim();

beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), "culprit-frames-"));
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "a@example.com");
});
afterEach(() => rmSync(repo, { recursive: true, force: true }));

/** Commits the files at a minute of one morning. */
function commit(message: string, minute: number, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
    git("add", path);
  }
  const date = `2026-01-01T10:${String(minute).padStart(2, "0")}:00Z`;
  execFileSync("git", ["-C", repo, "commit", "-q", "-m", message, "--date", date], {
    env: { ...process.env, GIT_COMMITTER_DATE: date },
  });
  return git("rev-parse", "HEAD");
}

const service = (body: readonly string[]) =>
  [
    'import { createServer } from "node:http";',
    ...body,
    "export const server = createServer(async (req, res) => {",
    "  const items = await itemsOf(req);",
    "  const total = totalOf(discounted(items, customer.discount, basket.coupon), req.headers.currency, region.vat);",
    "  res.end(JSON.stringify({ total, currency: req.headers.currency }));",
    "});",
    "",
  ].join("\n");
const before = service([
  "const rates = { EUR: { factor: 1 }, USD: { factor: 1.1 } };",
  "function totalOf(items, currency) {",
  "  let total = 0;",
  "  for (const item of items) total += item.cents;",
  "  return total * rates[currency].factor;",
  "}",
]);
const after = service(['import { totalOf } from "./price.js";']);
const price = [
  "const rates = new Map([['EUR', { factor: 1 }]]);",
  "",
  "/** The price of one item. */",
  "function priceOf(item, currency) {",
  "  return item.cents * rates.get(currency).factor;",
  "}",
  "",
  "/** The sum of all. */",
  "export function totalOf(items, currency) {",
  "  return items.reduce((sum, item) => sum + priceOf(item, currency), 0);",
  "}",
  "",
].join("\n");

async function blame(frames: readonly (readonly [string, number])[]) {
  const repository = await openLocalRepository(repo);
  const { commits } = await blameCommits({
    ...{ repository, commit: "HEAD" },
    frames: frames.map(([file, line]) => ({ file, line })),
  });
  return commits;
}

test("who wrote the innermost lines comes before the root of the repository, which wrote the callers' and all that is older", async () => {
  const root = commit("A small shop", 0, { "src/pricing.js": before, "README.md": "A shop.\n" });
  const refactor = commit("Prices have a file of their own", 20, { "src/pricing.js": after, "src/price.js": price });
  commit("Tell more", 30, { "README.md": "A shop that tells more.\n" });
  const caller = after.split("\n").findIndex((line) => line.includes("const total = ")) + 1;
  const [first, second] = await blame([
    ["src/price.js", 5],
    ["src/price.js", 10],
    ["src/pricing.js", caller],
  ]);
  expect([first?.sha, second?.sha]).toEqual([refactor, root]);
  expect(first?.score).toBeGreaterThan(0.6);
  // Asked the other way round, the caller's line is where it failed.
  const [innermost] = await blame([
    ["src/pricing.js", caller],
    ["src/price.js", 10],
    ["src/price.js", 5],
  ]);
  expect(innermost?.score).toBeLessThan(first?.score ?? 0);
  expect(await blame([["src/pricing.js", caller]])).toMatchObject([{ sha: root }, { sha: refactor }]);
});

test("each reason can be said after the word it", async () => {
  commit("A small shop", 0, { "src/pricing.js": before });
  commit("Prices have a file of their own", 20, { "src/pricing.js": after, "src/price.js": price });
  const reasons = (await blame([["src/price.js", 5]])).flatMap((one) => one.reasons);
  expect(reasons.length).toBeGreaterThan(2);
  for (const reason of reasons) expect(reason).toMatch(/^(?:wrote|made|has|is|was|touched|changed)\b/);
});
