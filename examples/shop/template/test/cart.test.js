import assert from "node:assert/strict";
import { test } from "node:test";
import { addItem, cartLines, countPieces } from "../src/cart/cart.js";

const store = {
  products: new Map([["mug", { sku: "mug", cents: 1290 }]]),
  stock: new Map([["mug", { available: 3, incoming: 0 }]]),
};

test("a line costs price times quantity", () => {
  const [line] = cartLines({ items: [{ sku: "mug", quantity: 2 }] }, store);
  assert.equal(line.cents, 2580);
});

test("a quantity must be a whole number above 0", () => {
  assert.throws(() => addItem({ items: [] }, "mug", 0, store), { status: 400 });
  assert.throws(() => addItem({ items: [] }, "cup", 1, store), { status: 400 });
});

test("pieces are counted over all lines", () => {
  assert.equal(countPieces({ items: [{ sku: "mug", quantity: 2 }, { sku: "pan", quantity: 1 }] }), 3);
});
