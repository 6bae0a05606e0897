import { cartLines } from "../cart/cart.js";
import { addWorkingDays, dayOf } from "../lib/calendar.js";
import { sumCents } from "../lib/money.js";
import { packParcels } from "./parcels.js";
import { rateFor, untilFree } from "./rates.js";
import { tariffOf } from "./zones.js";

/** Price and day of arrival for a cart. */
export function quoteShipping(cart, { zone, isExpress, today }, context) {
  const lines = cartLines(cart, context.store);
  const tariff = tariffOf(zone, context.config);
  const parcels = packParcels(lines);
  const rates = parcels.map((parcel) => rateFor(tariff, parcel.grams, isExpress));
  const cents = sumCents(rates);
  const goods = sumCents(lines.map((line) => line.cents));
  return {
    cents,
    parcels: parcels.length,
    label: tariff.label,
    arrivesOn: arrivalDay(today, isExpress ? 1 : tariff.days),
    untilFree: untilFree(goods, context.config),
  };
}

/** The working day on which a parcel arrives. */
export function arrivalDay(today, days) {
  return dayOf(addWorkingDays(today, days));
}
