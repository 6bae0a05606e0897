import { sumCents } from "../lib/money.js";

function countBySku(orders) {
  const counts = new Map();
  for (const order of orders) {
    for (const item of order.items) {
      counts.set(item.sku, (counts.get(item.sku) ?? 0) + item.quantity);
    }
  }
  return counts;
}

/** The product sold most often; null on a day without orders. */
export function bestSeller(orders) {
  let best = null;
  for (const [sku, count] of countBySku(orders)) {
    if (best === null || count > best.count) best = { sku, count };
  }
  return best;
}

/** The day of an instant on the clock of the shop. */
export function localDay(instant, timeZone) {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone });
  return format.format(new Date(instant));
}

/** Orders, turnover and best seller of a day. */
export function dailyReport(day, { store, config }) {
  const orders = [...store.orders.values()].filter((order) => localDay(order.placedAt, config.reports.timeZone) === day);
  return {
    day,
    orders: orders.length,
    turnover: sumCents(orders.map((order) => order.cents)),
    bestSeller: bestSeller(orders),
  };
}
