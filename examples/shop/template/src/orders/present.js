/** What the customer's account page shows about an order. */
export function presentOrder(order) {
  return {
    id: order.id,
    placedAt: order.placedAt,
    lines: order.items.length,
    cents: order.cents,
    currency: order.currency,
  };
}
