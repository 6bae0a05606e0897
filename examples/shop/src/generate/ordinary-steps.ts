/** Everyday commits. Each finds its place whatever came before it, and none changes what a healthy request gets. */
import type { Change } from "./faults/fault.ts";
import type { ChangeKind } from "./messages.ts";
import type { Edit } from "./source-tree.ts";

function step(kind: ChangeKind, area: string, text: string, ...edits: readonly Edit[]): Change {
  return { message: { kind, area, text }, edits };
}

function replace(file: string, find: string, put: string): Edit {
  return { file, find, put };
}

export const ordinarySteps: readonly Change[] = [
  step("feat", "http", "Accept larger bodies", replace("src/http/body.js", "64 * 1024", "256 * 1024")),
  step(
    "docs",
    "http",
    "Say what a handler may return",
    replace(
      "src/http/router.js",
      "handlers that return what is sent as JSON. */",
      "handlers that return what is sent as JSON, or `{ status, body }`. */",
    ),
  ),
  step(
    "feat",
    "http",
    "Never let a proxy cache an answer",
    replace(
      "src/http/router.js",
      `response.writeHead(status, { "content-type"`,
      `response.writeHead(status, { "cache-control": "no-store", "content-type"`,
    ),
  ),
  step("docs", "readme", "List the variables in the README", {
    file: "README.md",
    append:
      "\n`PORT`, `SHOP_CURRENCY`, `SHOP_DEFAULT_ZONE`, `SHOP_TIME_ZONE` and `SHOP_PAYMENTS_URL` win over the files.\n",
  }),
  step("docs", "readme", "Say whom to ask", { file: "README.md", append: "\nQuestions: the web team's channel.\n" }),
  step("chore", "repo", "Keep logs and coverage out of git", { file: ".gitignore", append: "coverage/\n" }),
  step("chore", "repo", "Indent JSON by two spaces in every editor", {
    file: ".editorconfig",
    append: "\n[*.json]\nindent_style = space\nindent_size = 2\n",
  }),
  step(
    "feat",
    "search",
    "Show more results on a page",
    replace("config/production.json", `"pageSize": 8`, `"pageSize": 10`),
  ),
  step(
    "chore",
    "config",
    "Give the payment provider more time",
    replace("config/default.json", `"timeoutMs": 2000`, `"timeoutMs": 2500`),
  ),
  step(
    "feat",
    "shipping",
    "Free shipping from 90 euros",
    replace("config/production.json", `"freeFromCents": 10000`, `"freeFromCents": 9000`),
  ),
  step(
    "feat",
    "shipping",
    "Raise the price per kilogram to the world",
    replace("src/shipping/zones.js", "perKiloCents: 420", "perKiloCents: 440"),
  ),
  step(
    "feat",
    "shipping",
    "Promise the near zone in three days",
    replace("src/shipping/zones.js", "perKiloCents: 110, days: 4", "perKiloCents: 110, days: 3"),
  ),
  step(
    "docs",
    "shipping",
    "Explain the height limit",
    replace(
      "src/shipping/parcels.js",
      "const parcelHeightMax = 600;",
      "// The carrier's machines take nothing higher than this, in mm.\nconst parcelHeightMax = 600;",
    ),
  ),
  step(
    "feat",
    "customers",
    "Lower the bar for silver",
    replace("src/customers/loyalty.js", "fromCents: 15000", "fromCents: 12000"),
  ),
  step("test", "customers", "Cover somebody who never ordered", {
    file: "test/customers.test.js",
    append: `\ntest("somebody who never ordered has no last order", () => {\n  assert.equal(lastOrderDay([]), null);\n  assert.equal(loyaltyLevel([]), "bronze");\n});\n`,
  }),
  step("test", "money", "Cover rounding down", {
    file: "test/money.test.js",
    append: `\ntest("a share below half a cent is nothing", () => {\n  assert.equal(percentOf(2, 19), 0);\n});\n`,
  }),
  step("test", "stock", "Cover a sold-out product that is known", {
    file: "test/stock.test.js",
    append: `\ntest("nothing on its way means sold out", () => {\n  assert.equal(availability("pan", store, new Date()).available, 0);\n});\n`,
  }),
  step("test", "search", "Cover a search for nothing", {
    file: "test/search.test.js",
    append: `\ntest("no text finds everything", () => {\n  assert.equal(searchParams(new URLSearchParams("")).text, "");\n});\n`,
  }),
  step(
    "feat",
    "catalog",
    "Add the enamel mug",
    replace(
      "data/products.json",
      `"added_on": "2025-09-09" }\n]`,
      `"added_on": "2025-09-09" },\n  { "sku": "mug-enamel", "title": "Enamel mug", "group": "outdoor", "price_cents": 1590, "grams": 210, "size_mm": [110, 90, 85], "added_on": "2026-03-20" }\n]`,
    ),
    replace(
      "data/stock.json",
      `{ "sku": "shelf", "available": 9, "incoming": 12 }`,
      `{ "sku": "shelf", "available": 9, "incoming": 12 },\n  { "sku": "mug-enamel", "available": 60, "incoming": 0 }`,
    ),
  ),
  step(
    "feat",
    "catalog",
    "Lower the price of the kettle",
    replace("data/products.json", `"price_cents": 3900`, `"price_cents": 3490`),
  ),
  step(
    "fix",
    "catalog",
    "Show sizes with a plain multiplication sign",
    replace("src/catalog/present.js", " mm`", "\u00a0mm`"),
    replace("test/catalog.test.js", '90 mm"', '90\u00a0mm"'),
  ),
  step(
    "feat",
    "coupons",
    "Add a coupon for the bathroom",
    replace(
      "data/coupons.json",
      `[\n  { "code": "SPRING10"`,
      `[\n  { "code": "BATH15", "kind": "percent", "value": 15, "category": "bath", "label": "Bath, 15 % off" },\n  { "code": "SPRING10"`,
    ),
  ),
  step(
    "feat",
    "exchange",
    "Update the treasury's rates",
    replace("src/lib/exchange.js", "USD: 1.08, CHF: 0.95", "USD: 1.09, CHF: 0.94"),
  ),
  step(
    "feat",
    "exchange",
    "Bill in Norwegian crowns",
    replace("src/lib/exchange.js", "SEK: 11.2 }", "SEK: 11.2, NOK: 11.6 }"),
  ),
  step(
    "feat",
    "orders",
    "Accept larger orders in production",
    replace("config/production.json", `"maxLines": 100`, `"maxLines": 120`),
  ),
  step(
    "refactor",
    "orders",
    "Start order numbers from a named number",
    replace(
      "src/orders/checkout.js",
      "/** The number of the next order",
      "const firstOrder = 1000;\n\n/** The number of the next order",
    ),
    replace("src/orders/checkout.js", "Math.max(1000, ...numbers)", "Math.max(firstOrder, ...numbers)"),
  ),
  step(
    "feat",
    "orders",
    "Show on the account page whether a coupon was used",
    replace(
      "src/orders/present.js",
      "    currency: order.currency,",
      "    currency: order.currency,\n    hasCoupon: Boolean(order.couponCode),",
    ),
  ),
  step(
    "feat",
    "server",
    "Say the process id at start",
    replace(
      "src/server.js",
      "listening: server.address().port }",
      "listening: server.address().port, pid: process.pid }",
    ),
  ),
  step(
    "docs",
    "stock",
    "Say where seven days come from",
    replace(
      "src/stock/resupply.js",
      "const supplierDays = 7;",
      "// The slowest of the suppliers.\nconst supplierDays = 7;",
    ),
  ),
  step(
    "feat",
    "customers",
    "Greet by first name",
    replace(
      "src/customers/account.js",
      "    name: customer.name,",
      '    name: customer.name,\n    firstName: customer.name.split(" ")[0],',
    ),
  ),
  step("chore", "repo", "Add a contributing note", {
    file: "CONTRIBUTING.md",
    create: "# Contributing\n\nSmall commits, a test for each, somebody else's eyes on it.\n",
  }),
  step("chore", "repo", "Name the owners of the code", {
    file: "CODEOWNERS",
    create: "*  @web-team\n/src/payments/  @payments-team\n/config/  @platform-team\n",
  }),
];
