import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Message } from "./messages.ts";

const templateFolder = new URL("../../template/", import.meta.url);

/** One feature of the shop: what it adds, and under which marker `src/app.js` and others mention it. */
export interface GrowthStep {
  readonly marker: string;
  readonly message: Message;
  readonly files: readonly string[];
  /** Test files; a seed may give them a commit of their own. */
  readonly tests: readonly string[];
}

function grow(
  marker: string,
  area: string,
  text: string,
  files: readonly string[],
  tests: readonly string[] = [],
): GrowthStep {
  return { marker, message: { kind: "feat", area, text }, files, tests: tests.map((name) => `test/${name}.test.js`) };
}

/** The shop's features in the order in which they can be built. */
export const growthSteps: readonly GrowthStep[] = [
  grow(
    "http",
    "http",
    "Start the service with a router and its settings",
    [
      ".editorconfig",
      ".gitignore",
      "README.md",
      "config/default.json",
      "config/production.json",
      "src/app.js",
      "src/config.js",
      "src/http/body.js",
      "src/http/errors.js",
      "src/http/router.js",
      "src/server.js",
    ],
    ["router", "config"],
  ),
  grow(
    "catalog",
    "catalog",
    "Read products from the merchandise system",
    ["data/products.json", "src/catalog/normalize.js", "src/catalog/present.js", "src/routes/products.js"],
    ["catalog"],
  ),
  grow("data", "data", "Keep carts, customers, orders and stock in one store", [
    "data/carts.json",
    "data/coupons.json",
    "data/customers.json",
    "data/orders.json",
    "data/stock.json",
    "src/data/load-store.js",
  ]),
  grow("money", "money", "Calculate in cents", ["src/lib/money.js"], ["money"]),
  grow("cart", "carts", "Add carts", ["src/cart/cart.js"], ["cart"]),
  grow("coupons", "coupons", "Add coupons", ["src/coupons/discounts.js"]),
  grow("tax", "tax", "Add tax by region", ["src/tax/tax.js"], ["tax"]),
  grow(
    "cart-routes",
    "carts",
    "Show carts and their totals",
    ["src/cart/totals.js", "src/routes/carts.js"],
    ["totals"],
  ),
  grow("calendar", "calendar", "Count working days", ["src/lib/calendar.js"], ["calendar"]),
  grow(
    "stock",
    "stock",
    "Say when a product can be had",
    ["src/routes/availability.js", "src/stock/levels.js", "src/stock/resupply.js"],
    ["stock"],
  ),
  grow(
    "shipping-zones",
    "shipping",
    "Add shipping zones and rates",
    ["src/shipping/parcels.js", "src/shipping/rates.js", "src/shipping/zones.js"],
    ["shipping"],
  ),
  grow("shipping-quote", "shipping", "Quote shipping for a cart", ["src/routes/shipping.js", "src/shipping/quote.js"]),
  grow("payments", "payments", "Talk to the payment provider", ["src/payments/client.js"], ["payments"]),
  grow(
    "orders",
    "orders",
    "Turn carts into orders",
    ["src/orders/checkout.js", "src/orders/present.js", "src/routes/orders.js"],
    ["orders"],
  ),
  grow("exchange", "exchange", "Read exchange rates", ["src/lib/exchange.js"]),
  grow("invoice", "invoices", "Write invoices", ["src/orders/invoice.js", "src/routes/invoices.js"], ["invoice"]),
  grow(
    "customers",
    "customers",
    "Show accounts with their loyalty level",
    ["src/customers/account.js", "src/customers/loyalty.js", "src/routes/customers.js"],
    ["customers"],
  ),
  grow(
    "search",
    "search",
    "Search the catalogue",
    ["src/routes/search.js", "src/search/params.js", "src/search/search.js", "src/search/sort.js"],
    ["search"],
  ),
  grow("reports", "reports", "Add the daily report", ["src/reports/daily.js", "src/routes/reports.js"], ["reports"]),
];

/** Which feature brings which vendored package. */
export const packagesOfMarker: Readonly<Record<string, string>> = {
  money: "money-format-1",
  "shipping-zones": "postal-zones-3",
};

/** The template's files by their path. */
export function readTemplate(): Map<string, string> {
  const root = fileURLToPath(templateFolder);
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith("vendor"));
  return new Map(names.map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

/** A template file as it is once these features exist: lines of later features left out, markers taken off. */
export function withFeatures(source: string, markers: ReadonlySet<string>): string {
  return source
    .split("\n")
    .filter((line) => {
      const marker = / \/\/ @([\w-]+)$/.exec(line)?.[1];
      return marker === undefined || markers.has(marker);
    })
    .map((line) => line.replace(/ \/\/ @[\w-]+$/, ""))
    .join("\n");
}
