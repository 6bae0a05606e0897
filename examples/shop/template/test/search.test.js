import assert from "node:assert/strict";
import { test } from "node:test";
import { searchParams } from "../src/search/params.js";
import { sortProducts } from "../src/search/sort.js";

test("a page that makes no sense is the first", () => {
  assert.equal(searchParams(new URLSearchParams("page=-3")).page, 1);
  assert.equal(searchParams(new URLSearchParams("q= Mug ")).text, "mug");
});

test("products are sorted by the key", () => {
  const products = [
    { sku: "b", name: "B", cents: 100 },
    { sku: "a", name: "A", cents: 200 },
  ];
  assert.deepEqual(sortProducts(products, "name").map((product) => product.sku), ["a", "b"]);
  assert.deepEqual(sortProducts(products, "price").map((product) => product.sku), ["b", "a"]);
});
