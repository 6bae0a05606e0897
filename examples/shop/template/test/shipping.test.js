import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../src/config.js";
import { packParcels } from "../src/shipping/parcels.js";
import { rateFor, untilFree } from "../src/shipping/rates.js";
import { tariffOf, zoneOfCountry } from "../src/shipping/zones.js";

const line = { product: { grams: 900, dimensions: { width: 100, height: 250, depth: 100 } }, quantity: 1 };

test("a parcel holds what one person can carry", () => {
  assert.equal(packParcels([line, line]).length, 1);
  assert.equal(packParcels([line, line, line]).length, 2);
});

test("each kilogram begun is paid", () => {
  assert.equal(rateFor(tariffOf("home", loadConfig({})), 1200, false), 510);
});

test("a country has a zone", () => {
  assert.equal(zoneOfCountry("DE").zone, "home");
  assert.equal(zoneOfCountry("AT").zone, "near");
  assert.equal(zoneOfCountry("US").carrier, "Skyfreight");
});

test("the rest until free shipping is never negative", () => {
  assert.equal(untilFree(90000, loadConfig({})), 0);
});
