import { cartTotals } from "../cart/totals.js";
import { badRequest, notFound } from "../http/errors.js";

/** Turns a cart into a paid order. */
export async function checkout(input, context) {
  const { store, config, payments } = context;
  const cart = store.carts.get(input.cartId);
  if (!cart) throw notFound("cart", input.cartId);
  if (cart.items.length === 0) throw badRequest("the cart is empty");
  if (cart.items.length > config.orders.maxLines) throw badRequest("too many lines");
  const totals = cartTotals(cart, context, input.couponCode);
  const id = nextOrderId(store);
  const receipt = await payments.charge(id, totals.total, config.orders.currency);
  const order = {
    id,
    cartId: cart.id,
    customerId: cart.customerId,
    items: cart.items,
    couponCode: input.couponCode ?? null,
    currency: config.orders.currency,
    cents: totals.total,
    placedAt: new Date().toISOString(),
    receiptId: receipt.receiptId,
  };
  store.orders.set(id, order);
  return order;
}

/** The number of the next order: one more than the highest so far. */
export function nextOrderId(store) {
  const numbers = [...store.orders.keys()].map((id) => Number(id.slice(2)));
  return `o-${Math.max(1000, ...numbers) + 1}`;
}
