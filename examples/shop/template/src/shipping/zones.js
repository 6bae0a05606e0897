import postalZones from "postal-zones";
import { badRequest } from "../http/errors.js";

/** What each shipping zone costs: a base in cents, and a price per kilogram begun. */
export const zones = {
  home: { carrier: "Postbote", baseCents: 390, perKiloCents: 60, days: 2 },
  near: { carrier: "Postbote", baseCents: 690, perKiloCents: 110, days: 4 },
  world: { carrier: "Skyfreight", baseCents: 1490, perKiloCents: 420, days: 9 },
};

/** The zone of a country, such as `near` for AT. */
export function zoneOfCountry(country) {
  if (!/^[A-Z]{2}$/.test(country)) throw badRequest("country must be two capital letters");
  const zone = postalZones.zoneOf(country);
  return { zone, carrier: zones[zone].carrier };
}

/** The tariff of a zone; the shop's default where the caller names none. */
export function tariffOf(zone, config) {
  if (zone && !(zone in zones)) throw badRequest(`there is no zone ${zone}`);
  const tariff = zones[zone ?? config.shipping.defaultZone];
  return { ...tariff, label: `${tariff.carrier}, ${tariff.days} days` };
}
