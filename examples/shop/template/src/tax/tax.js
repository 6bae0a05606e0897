import { percentOf } from "../lib/money.js";

/** The region whose tax is due: the customer's, or the shop's own for guests and pick-up. */
export function taxRegion(customer, config) {
  if (!customer || !customer.address) return config.tax.homeRegion;
  return customer.address.region;
}

/** Tax on a net amount, in cents. */
export function taxFor(cents, customer, config) {
  const region = taxRegion(customer, config);
  const percent = config.tax.rates[region] ?? config.tax.rates.default;
  return percentOf(cents, percent);
}

/** The line under the total: `incl. 19 % VAT`. */
export function taxLabel(percent) {
  return percent === 0 ? "no VAT" : `incl. ${percent} % VAT`;
}
