"use strict";

// 4.0: a country that is not in the table has no zone any more (it was "world").
const table = new Map([
  ["DE", "home"],
  ...["AT", "NL", "BE", "LU", "CZ", "PL", "DK", "FR", "CH"].map((country) => [country, "near"]),
  ...["US", "CA", "JP", "AU"].map((country) => [country, "world"]),
]);

exports.zoneOf = function zoneOf(country) {
  return table.get(country) ?? null;
};
