"use strict";

const near = ["AT", "NL", "BE", "LU", "CZ", "PL", "DK", "FR", "CH"];

exports.zoneOf = function zoneOf(country) {
  if (country === "DE") return "home";
  return near.includes(country) ? "near" : "world";
};
