import assert from "node:assert/strict";
import { test } from "node:test";
import { normalizeProduct } from "../src/catalog/normalize.js";
import { presentProduct, presentRow } from "../src/catalog/present.js";

const row = { sku: "mug", title: " Mug ", group: "kitchen", price_cents: 1290, grams: 380, size_mm: [120, 100, 90] };

test("a row of the merchandise system becomes a product", () => {
  const product = normalizeProduct(row);
  assert.equal(product.name, "Mug");
  assert.equal(product.cents, 1290);
});

test("the product page shows the size", () => {
  assert.equal(presentProduct(normalizeProduct(row)).size, "120 × 100 × 90 mm");
  assert.deepEqual(presentRow(normalizeProduct(row)), { sku: "mug", name: "Mug", cents: 1290 });
});
