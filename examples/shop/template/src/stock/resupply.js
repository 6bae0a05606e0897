import { addWorkingDays, dayOf } from "../lib/calendar.js";
import { availableNow, incoming } from "./levels.js";

const supplierDays = 7;

/** When a product can be had again, as a day. */
export function resupplyDay(orderedOn) {
  return dayOf(addWorkingDays(orderedOn, supplierDays));
}

/** What the product page says about availability. */
export function availability(sku, store, today) {
  const available = availableNow(sku, store);
  if (available > 0) return { sku, available, state: "in stock" };
  if (incoming(sku, store) === 0) return { sku, available: 0, state: "sold out" };
  return { sku, available: 0, state: "on its way", from: resupplyDay(today) };
}
