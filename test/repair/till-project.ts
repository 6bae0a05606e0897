import { createGitProject, type GitProject, lines } from "./git-project.ts";

const server = lines(
  'import { createServer } from "node:http";',
  'import { carts } from "./carts.js";',
  'import { totalOf } from "./totals.js";',
  "",
  "const server = createServer((request, response) => {",
  "  try {",
  "    const cart = carts.get(request.url.split('/')[2]);",
  "    const body = JSON.stringify(cart ? { total: totalOf(cart), at: Date.now() } : { error: 'no such cart' });",
  "    response.writeHead(cart ? 200 : 404, { 'content-type': 'application/json' });",
  "    response.end(body);",
  "  } catch (error) {",
  "    response.writeHead(500);",
  "    response.end('internal error');",
  "  }",
  "});",
  "server.listen(8080);",
);
export const carts = lines(
  "export const carts = new Map([",
  '  ["a", { items: [{ cents: 100 }, { cents: 250 }], coupon: { percent: 10 } }],',
  '  ["b", { items: [{ cents: 100 }] }],',
  "]);",
);
export const totals = (percent: string): string =>
  lines(
    "export function totalOf(cart) {",
    "  const sum = cart.items.reduce((total, item) => total + item.cents, 0);",
    `  const percent = ${percent};`,
    "  return sum - (sum * percent) / 100;",
    "}",
  );
const guarded = "cart.coupon ? cart.coupon.percent : 0";
const ownTest = lines(
  'import assert from "node:assert/strict";',
  'import { test } from "node:test";',
  'import { totalOf } from "../src/totals.js";',
  'test("a coupon lowers the total", () => {',
  "  assert.equal(totalOf({ items: [{ cents: 200 }], coupon: { percent: 10 } }), 180);",
  "});",
);
export const manifest = (more: object = {}): string =>
  JSON.stringify({
    name: "till",
    type: "module",
    scripts: { start: "node src/server.js", test: "node --test" },
    ...more,
  });

/** A till whose totals stop working for carts without a coupon: its project, and the commit that did it. */
export function till(more: object = {}): { project: GitProject; culprit: string } {
  const project = createGitProject();
  project.commit("Begin", {
    "package.json": manifest(more),
    "src/server.js": server,
    "src/carts.js": carts,
    "src/totals.js": totals(guarded),
    "test/totals.test.js": ownTest,
  });
  return { project, culprit: project.commit("Tidy the totals", { "src/totals.js": totals("cart.coupon.percent") }) };
}

/** The failure of a cart without a coupon. */
export const tillFailure = {
  errorMessage: "Cannot read properties of undefined (reading 'percent')",
  frames: [{ file: "/srv/till/src/totals.js", function: "totalOf", line: 3, column: 31, isInApp: true }],
};
/** A payload with the request that failed. */
export const tillRequest = {
  request: { method: "GET", route: "/carts/:id" },
  http_request: { method: "GET", url: "http://shop.example/carts/b" },
};
