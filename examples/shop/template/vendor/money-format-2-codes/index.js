"use strict";

function checkCents(cents) {
  if (!Number.isSafeInteger(cents)) throw new TypeError("money-format: cents must be a whole number");
  return cents;
}

// 2.0: codes are taken as they are, ISO 4217 in capital letters.
const codes = new Set(["EUR", "USD", "CHF", "GBP", "SEK", "NOK"]);

function checkCurrency(currency) {
  if (!codes.has(currency)) throw new RangeError('money-format: unknown currency code "' + currency + '"');
  return currency;
}

exports.format = function format(cents, currency) {
  return (checkCents(cents) / 100).toFixed(2) + " " + checkCurrency(currency);
};

exports.parts = function parts(cents) {
  return [Math.trunc(checkCents(cents) / 100), Math.abs(cents % 100)];
};

exports.formatRange = function formatRange(low, high, currency) {
  return (checkCents(low) / 100).toFixed(2) + " – " + exports.format(high, currency);
};
