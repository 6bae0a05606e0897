import { readFileSync } from "node:fs";
import { normalizeProduct } from "../catalog/normalize.js"; // @catalog

const folder = new URL("../../data/", import.meta.url);

function readRows(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
}

function keyed(rows, key) {
  return new Map(rows.map((row) => [row[key], row]));
}

/** Everything the shop knows, in memory. */
export function loadStore() {
  return {
    products: keyed(readRows("products").map(normalizeProduct), "sku"), // @catalog
    customers: keyed(readRows("customers"), "id"),
    carts: keyed(readRows("carts"), "id"),
    coupons: keyed(readRows("coupons"), "code"),
    stock: keyed(readRows("stock"), "sku"),
    orders: keyed(readRows("orders"), "id"),
  };
}
