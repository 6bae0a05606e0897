const levels = [
  { name: "gold", fromCents: 50000 },
  { name: "silver", fromCents: 15000 },
  { name: "bronze", fromCents: 0 },
];

/** The loyalty level that a customer has reached. */
export function loyaltyLevel(orders) {
  const spent = orders.reduce((sum, order) => sum + order.cents, 0);
  return levels.find((level) => spent >= level.fromCents).name;
}

/** The day of the last order, for "welcome back"; null for somebody who never ordered. */
export function lastOrderDay(orders) {
  const last = orders.at(-1);
  if (!last) return null;
  return last.placedAt.slice(0, 10);
}
