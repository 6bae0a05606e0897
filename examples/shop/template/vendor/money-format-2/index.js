"use strict";

// 2.0: codes are taken as they are (ISO 4217, capital letters); `parts` names its results;
// `formatRange` left the core, see `format`.
const codes = new Set(["EUR", "USD", "CHF", "GBP", "SEK"]);

function assertCents(cents) {
  if (!Number.isSafeInteger(cents)) throw new TypeError("money-format: cents must be a whole number");
}

function assertCode(code) {
  if (!codes.has(code)) {
    throw new RangeError('money-format: unknown currency code "' + code + '"');
  }
}

function decimal(cents) {
  return (cents / 100).toFixed(2);
}

exports.format = function format(cents, code) {
  assertCents(cents);
  assertCode(code);
  return decimal(cents) + " " + code;
};

exports.parts = function parts(cents) {
  assertCents(cents);
  return { units: Math.trunc(cents / 100), cents: Math.abs(cents % 100) };
};
