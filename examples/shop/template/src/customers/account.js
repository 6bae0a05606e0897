import { lastOrderDay, loyaltyLevel } from "./loyalty.js";

/** What the account page shows. */
export function accountOf(customer, store) {
  const orders = [...store.orders.values()]
    .filter((order) => order.customerId === customer.id)
    .sort((a, b) => a.placedAt.localeCompare(b.placedAt));
  return {
    id: customer.id,
    name: customer.name,
    level: loyaltyLevel(orders),
    orders: orders.length,
    lastOrder: lastOrderDay(orders),
  };
}
