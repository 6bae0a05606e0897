"use strict";

function checkCents(cents) {
  if (!Number.isSafeInteger(cents)) throw new TypeError("money-format: cents must be a whole number");
  return cents;
}

function checkCurrency(currency) {
  if (!/^[a-z]{3}$/i.test(currency)) throw new RangeError("money-format: " + currency + " is not a currency code");
  return currency.toUpperCase();
}

exports.format = function format(cents, currency) {
  return (checkCents(cents) / 100).toFixed(2) + " " + checkCurrency(currency);
};

// 2.0: the parts have names.
exports.parts = function parts(cents) {
  return { units: Math.trunc(checkCents(cents) / 100), cents: Math.abs(cents % 100) };
};

exports.formatRange = function formatRange(low, high, currency) {
  return (checkCents(low) / 100).toFixed(2) + " – " + exports.format(high, currency);
};
