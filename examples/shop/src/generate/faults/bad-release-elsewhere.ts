/** Faults that are thrown in a file which the guilty commit did not touch. */
import type { Fault } from "./fault.ts";

export const renamedField: Fault = {
  id: "renamed-field",
  messages: [
    { kind: "refactor", area: "catalog", text: "Call the size of a product what the merchandise system calls it" },
    { kind: "refactor", area: "catalog", text: "Rename product dimensions to size" },
  ],
  edits: [
    { file: "src/catalog/normalize.js", find: "    dimensions: { width", put: "    size: { width" },
    { file: "src/catalog/present.js", find: "} = product.dimensions;", put: "} = product.size;" },
  ],
  failing: [
    { method: "GET", path: "/shipping/quote?cart=k-1" },
    { method: "GET", path: "/shipping/quote?cart=k-4&zone=near" },
  ],
  thrownAt: { file: "src/shipping/parcels.js", text: "const height = product.dimensions.height * quantity;" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "fix", area: "catalog", text: "Collapse double spaces in product names" },
    edits: [
      {
        file: "src/catalog/normalize.js",
        find: "row.title.trim(),",
        put: `row.title.trim().replace(/ +/g, " "),`,
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "shipping", text: "Call packing packing" },
        edits: [
          { moveFile: "src/shipping/parcels.js", to: "src/shipping/packing.js" },
          { file: "src/shipping/quote.js", find: `from "./parcels.js"`, put: `from "./packing.js"` },
          { file: "test/shipping.test.js", find: "shipping/parcels.js", put: "shipping/packing.js" },
        ],
      },
    },
  ],
  reformatted: [{ file: "src/shipping/parcels.js", isOfGuiltyLines: false }],
};

export const validationRemoved: Fault = {
  id: "validation-removed",
  messages: [
    { kind: "refactor", area: "search", text: "Do not list the sort keys twice" },
    { kind: "refactor", area: "search", text: "Let the sorter own its keys" },
  ],
  edits: [
    { file: "src/search/params.js", find: `const sortKeys = ["name", "price", "newest"];\n\n`, put: "" },
    {
      file: "src/search/params.js",
      find: `sort: sortKeys.includes(sort) ? sort : "name",`,
      put: `sort: sort ?? "name",`,
    },
  ],
  failing: [
    { method: "GET", path: "/search?q=lamp&sort=relevance" },
    { method: "GET", path: "/search?category=kitchen&sort=relevance" },
  ],
  thrownAt: { file: "src/search/sort.js", text: "return [...products].sort((a, b) => compare(a, b)" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "fix", area: "search", text: "Cap a search at its first 100 characters" },
    edits: [
      {
        file: "src/search/params.js",
        find: `text: (query.get("q") ?? "").trim().toLowerCase(),`,
        put: `text: (query.get("q") ?? "").trim().toLowerCase().slice(0, 100),`,
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "search", text: "Call the sorter sorting" },
        edits: [
          { moveFile: "src/search/sort.js", to: "src/search/sorting.js" },
          { file: "src/search/search.js", find: `from "./sort.js"`, put: `from "./sorting.js"` },
          { file: "test/search.test.js", find: "search/sort.js", put: "search/sorting.js" },
        ],
      },
    },
  ],
  reformatted: [
    { file: "src/search/sort.js", isOfGuiltyLines: false },
    { file: "src/search/search.js", isOfGuiltyLines: false },
  ],
};

export const helperShape: Fault = {
  id: "helper-shape",
  messages: [
    { kind: "feat", area: "coupons", text: "Tell which lines a coupon does not apply to" },
    { kind: "refactor", area: "coupons", text: "Return granted discounts together with refused lines" },
  ],
  edits: [
    {
      file: "src/coupons/discounts.js",
      find: "if (!coupon) return [];",
      put: "if (!coupon) return { granted: [], refused: lines };",
    },
    {
      file: "src/coupons/discounts.js",
      find: `  return lines
    .filter((line) => isEligible(line, coupon))
    .map((line) => ({ sku: line.product.sku, label: coupon.label, cents: amountOff(line, coupon) }));`,
      put: `  const granted = lines
    .filter((line) => isEligible(line, coupon))
    .map((line) => ({ sku: line.product.sku, label: coupon.label, cents: amountOff(line, coupon) }));
  return { granted, refused: lines.filter((line) => !isEligible(line, coupon)) };`,
    },
    {
      file: "src/cart/totals.js",
      find: "couponCode ? discountsFor(lines, couponCode, store) : [];",
      put: "couponCode ? discountsFor(lines, couponCode, store).granted : [];",
    },
  ],
  failing: [
    { method: "GET", path: "/orders/o-1002/invoice" },
    { method: "GET", path: "/orders/o-1006/invoice" },
  ],
  thrownAt: {
    file: "src/orders/invoice.js",
    text: "const granted = discounts.filter((discount) => discount.cents > 0);",
  },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "docs", area: "coupons", text: "Say what a running coupon is" },
    edits: [
      {
        file: "src/coupons/discounts.js",
        find: "/** Whether a coupon may still be used on a day. */",
        put: "/** Whether a coupon may still be used on a day such as `2026-01-31`; one without an end always may. */",
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "invoices", text: "Give credit lines their own file" },
        edits: [
          {
            moveFrom: "src/orders/invoice.js",
            to: "src/orders/credits.js",
            names: ["creditLines"],
            imports: [`import { discountsFor } from "../coupons/discounts.js";`],
            drops: [`import { discountsFor } from "../coupons/discounts.js";`],
            leaves: `import { creditLines } from "./credits.js";\n\nexport { creditLines };`,
          },
        ],
      },
    },
  ],
  reformatted: [{ file: "src/orders/invoice.js", isOfGuiltyLines: false }],
};

export const wrongUnit: Fault = {
  id: "wrong-unit",
  messages: [
    { kind: "feat", area: "shipping", text: "Charge express by the carrier's new factor" },
    { kind: "fix", area: "shipping", text: "Use the express factor of the new contract" },
  ],
  edits: [
    { file: "src/shipping/rates.js", find: "  return Math.round(standard * 1.75);", put: "  return standard * 1.825;" },
  ],
  failing: [
    { method: "GET", path: "/shipping/quote?cart=k-1&speed=express" },
    { method: "GET", path: "/shipping/quote?cart=k-2&zone=near&speed=express" },
  ],
  thrownAt: { file: "src/lib/money.js", text: "total += BigInt(amount);" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "docs", area: "shipping", text: "Say that the rest until free shipping is net" },
    edits: [
      {
        file: "src/shipping/rates.js",
        find: "/** What is left to spend until shipping is free, in cents. */",
        put: "/** What is left to spend until shipping is free, in cents net of discounts. */",
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "money", text: "Move sums next to each other" },
        edits: [
          {
            moveFrom: "src/lib/money.js",
            to: "src/lib/sums.js",
            names: ["sumCents"],
            imports: [],
            leaves: `export { sumCents } from "./sums.js";`,
          },
        ],
      },
    },
  ],
  reformatted: [{ file: "src/lib/money.js", isOfGuiltyLines: false }],
};

export const changedKey: Fault = {
  id: "changed-key",
  messages: [
    { kind: "refactor", area: "stock", text: "Key stock levels by warehouse" },
    { kind: "feat", area: "stock", text: "Prepare stock levels for a second warehouse" },
  ],
  edits: [
    {
      file: "src/data/load-store.js",
      find: `    stock: keyed(readRows("stock"), "sku"),`,
      put: '    stock: new Map(readRows("stock").map((row) => [(row.warehouse ?? "main") + "/" + row.sku, row])),',
    },
    {
      file: "src/stock/levels.js",
      find: `/** Pieces that can be sold now. */
export function availableNow(sku, store) {
  const level = store.stock.get(sku);`,
      put: `/** Pieces that can be sold now. */
export function availableNow(sku, store) {
  const level = store.stock.get("main/" + sku);`,
    },
    {
      file: "src/stock/levels.js",
      find: `export function incoming(sku, store) {
  const level = store.stock.get(sku);`,
      put: `export function incoming(sku, store) {
  const level = store.stock.get("main/" + sku);`,
    },
    {
      file: "test/stock.test.js",
      find: `[["mug", { sku: "mug", available: 3, incoming: 0 }]]`,
      put: `[["main/mug", { sku: "mug", available: 3, incoming: 0 }]]`,
    },
  ],
  failing: [{ method: "POST", path: "/carts/k-4/items", body: { sku: "soap", quantity: 1 } }],
  thrownAt: { file: "src/cart/cart.js", text: "if (wanted > level.available + level.incoming)" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "docs", area: "data", text: "Say that the store is read once" },
    edits: [
      {
        file: "src/data/load-store.js",
        find: "/** Everything the shop knows, in memory. */",
        put: "/** Everything the shop knows, in memory; the files are read once at start. */",
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "carts", text: "Move adding to a cart out of the cart's reading side" },
        edits: [
          {
            moveFrom: "src/cart/cart.js",
            to: "src/cart/add-item.js",
            names: ["addItem", "quantityOf"],
            imports: [`import { badRequest, HttpError } from "../http/errors.js";`],
            drops: [`import { badRequest, HttpError } from "../http/errors.js";`],
            leaves: `export { addItem, quantityOf } from "./add-item.js";`,
          },
        ],
      },
    },
  ],
  reformatted: [{ file: "src/cart/cart.js", isOfGuiltyLines: false }],
};
