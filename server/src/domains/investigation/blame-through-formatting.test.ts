import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLocalRepository } from "../../vendors/git/index.ts";
import { blameCommits } from "./index.ts";

let repo: string;
let day: number;
const git = (...args: string[]) => execFileSync("git", ["-C", repo, ...args], { encoding: "utf8" }).trim();

beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), "culprit-format-"));
  day = 0;
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "a@example.com");
});
afterEach(() => rmSync(repo, { recursive: true, force: true }));

/** Commits the files as the whole tree, a day after the commit before. */
function commit(message: string, files: Record<string, string>): string {
  git("rm", "-rq", "--cached", "--ignore-unmatch", ".");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
    git("add", path);
  }
  day += 1;
  const date = `2026-01-${String(day).padStart(2, "0")}T10:00:00Z`;
  execFileSync("git", ["-C", repo, "commit", "-q", "-m", message, "--date", date], {
    env: { ...process.env, GIT_COMMITTER_DATE: date },
  });
  return git("rev-parse", "HEAD");
}

async function blame(path: string, text: string, needle: string) {
  const line = text.split("\n").findIndex((one) => one.includes(needle)) + 1;
  expect(line).toBeGreaterThan(0);
  const repository = await openLocalRepository(repo);
  const { commits } = await blameCommits({ repository, commit: "HEAD", frames: [{ file: path, line }] });
  return commits;
}

const total = [
  "export function total(cart) {",
  "  let sum = 0;",
  "  for (const item of cart.items) {",
  "    sum += item.price * item.quantity;",
  "  }",
  "  return sum;",
  "}",
  "",
];
const cart = (...lines: string[]) =>
  [...total, "export function discounted(cart) {", "  const sum = total(cart);", ...lines, "}", ""].join("\n");

/** A cart whose guard was taken away by the second commit; a third touches another line. */
function breakCart(before: string, after: string): string {
  commit("carts", { "src/cart.js": before });
  return commit("every cart has a coupon", { "src/cart.js": after });
}

describe("formatting is looked through", () => {
  const before = cart(
    "  const coupon = cart.coupon;",
    "  if (coupon) return round(sum * (1 - coupon.percent / 100), { mode: 'up', at: 1 });",
    "  return sum;",
  );
  const broken = cart(
    "  const coupon = cart.coupon;",
    "  return round(sum * (1 - coupon.percent / 100), { mode: 'up', at: 1 });",
  );
  const split = [
    "  return round(",
    "    sum * (1 - coupon.percent / 100),",
    "    {",
    "      mode: 'up',",
    "      at: 1",
    "    }",
    "  );",
  ].join("\n");
  const whole = "  return round(sum * (1 - coupon.percent / 100), { mode: 'up', at: 1 });";
  const shapes: readonly (readonly [string, (text: string) => string])[] = [
    ["semicolons removed", (text) => text.replaceAll(";", "")],
    ["a line split", (text) => text.replace(whole, split)],
    ["lines joined", (text) => text.replace(split, whole)],
    ["another kind of quotes", (text) => text.replaceAll("'up'", '"up"')],
    ["trailing commas", (text) => text.replace("at: 1 });", "at: 1, });")],
    ["numbers spelt otherwise", (text) => text.replace("(1 -", "(1.0 -").replace("100", "0x64")],
    [
      "parentheses around the value",
      (text) => text.replace(whole, `${whole.replace("return round", "return (\n    round").slice(0, -1)}\n  );`),
    ],
    [
      "tabs, no semicolons and a split at once",
      (text) => text.replace(whole, split).replaceAll("  ", "\t").replaceAll(";", ""),
    ],
  ];

  test.each(shapes)("%s", async (shape, format) => {
    const start = shape === "lines joined" ? broken.replace(whole, split) : broken;
    const guilty = breakCart(before, start);
    const text = format(start);
    expect(text).not.toBe(start);
    const formatted = commit("format", { "src/cart.js": text });
    const commits = await blame("src/cart.js", text, "coupon.percent");
    expect(commits[0]?.sha).toBe(guilty);
    expect(commits.find((one) => one.sha === formatted)?.score ?? 0).toBeLessThan(0.2);
  });

  test("a move to another name and a new layout in one commit", async () => {
    const guilty = breakCart(before, broken);
    const text = broken.replace(whole, split).replaceAll("  ", "\t").replaceAll(";", "");
    commit("move and format", { "lib/basket.js": text });
    expect((await blame("lib/basket.js", text, "coupon.percent"))[0]?.sha).toBe(guilty);
  });

  test("a new layout, then a move, then a split of the file", async () => {
    const guilty = breakCart(before, broken);
    const text = broken.replace(whole, split).replaceAll("  ", "\t").replaceAll(";", "");
    commit("format", { "src/cart.js": text });
    commit("move", { "packages/shop/src/basket.js": text });
    const at = text.indexOf("export function discounted");
    const discount = `import { total } from "./basket.js"\n\n// discounts\n${text.slice(at)}`;
    commit("split", { "packages/shop/src/basket.js": text.slice(0, at), "packages/shop/src/discount.js": discount });
    const commits = await blame("packages/shop/src/discount.js", discount, "coupon.percent");
    expect(commits[0]?.sha).toBe(guilty);
    expect(commits[0]?.reasons).toContain("wrote every failing line (git blame, formatting and moves looked through)");
  });

  test("a split of the file that lays the moved function out anew", async () => {
    const guilty = breakCart(before, broken);
    const at = broken.indexOf("export function discounted");
    const discount = broken.slice(at).replace(whole, split).replaceAll("  ", "\t").replaceAll(";", "");
    commit("split and format", { "src/cart.js": broken.slice(0, at), "src/discount.js": discount });
    expect((await blame("src/discount.js", discount, "coupon.percent"))[0]?.sha).toBe(guilty);
  });

  test("several new layouts one after the other", async () => {
    const guilty = breakCart(before, broken);
    const texts = [
      broken.replaceAll(";", ""),
      broken.replaceAll(";", "").replace(whole.slice(0, -1), split.slice(0, -1)),
      broken.replaceAll("'up'", "`up`").replace("(1 -", "(1.0 -"),
      broken.replace(whole, split.replace("at: 1", "at: 1,")),
    ];
    for (const text of texts) commit("format", { "src/cart.js": text });
    const commits = await blame("src/cart.js", texts.at(-1) ?? "", "coupon.percent");
    expect(commits[0]?.sha).toBe(guilty);
  });

  test("Python is wrapped and re-quoted", async () => {
    const python = (kind: string) =>
      `def discounted(cart):\n    total = sum_of(cart)\n    if cart.coupon:\n        total = total * rate(cart.coupon, kind=${kind})\n    return total\n`;
    commit("carts", { "cart.py": python("None") });
    const guilty = commit("round up", { "cart.py": python("'up'") });
    const text = python("'up'").replace(
      "rate(cart.coupon, kind='up')",
      'rate(\n            cart.coupon,\n            kind="up",\n        )',
    );
    commit("black", { "cart.py": text });
    expect((await blame("cart.py", text, 'kind="up"'))[0]?.sha).toBe(guilty);
  });
});

describe("what only looks like formatting is blamed", () => {
  const start = cart("  const coupon = cart.coupon ?? none;", "  return sum * (1 - coupon.percent / 100) + cart.fees;");
  const format = (text: string) => text.replaceAll("  ", "\t").replaceAll(";", "").replaceAll('"', "'");
  const hidden: readonly (readonly [string, (text: string) => string, string])[] = [
    ["an operator", (text) => text.replace("+ cart.fees", "- cart.fees"), "cart.fees"],
    ["a number", (text) => text.replace("/ 100", "/ 1000"), "cart.fees"],
    ["a guard of the line before", (text) => text.replace(" ?? none", ""), "cart.coupon"],
    [
      "parentheses that group",
      (text) => text.replace("(1 - coupon.percent / 100)", "1 - coupon.percent / 100"),
      "cart.fees",
    ],
    ["a line break after return", (text) => text.replace("return sum *", "return\n\t\tsum *"), "cart.fees"],
  ];

  test.each(hidden)("%s", async (_, change, needle) => {
    commit("carts", { "src/cart.js": start.replace("cart.fees", "cart.fee") });
    commit("fees", { "src/cart.js": start });
    const text = change(format(start));
    const guilty = commit("format", { "src/cart.js": text });
    expect((await blame("src/cart.js", text, needle))[0]?.sha).toBe(guilty);
  });

  test("white space within a text", async () => {
    const greet = (text: string) => `export function greet(name) {\n  return say("${text}", name);\n}\n`;
    commit("greet", { "a.js": greet("hello") });
    commit("greet warmly", { "a.js": greet("hello my dear") });
    const guilty = commit("format", { "a.js": greet("hello mydear").replaceAll(";", "") });
    expect((await blame("a.js", greet("hello mydear"), "say("))[0]?.sha).toBe(guilty);
  });
});
