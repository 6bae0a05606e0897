import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../src/config.js";
import { taxFor, taxLabel } from "../src/tax/tax.js";

test("tax follows the customer's region", () => {
  assert.equal(taxFor(1000, { address: { region: "NL-NH" } }, loadConfig({})), 210);
  assert.equal(taxFor(1000, { address: { region: "US-CA" } }, loadConfig({})), 190);
});

test("the label names the percentage", () => {
  assert.equal(taxLabel(19), "incl. 19 % VAT");
});
