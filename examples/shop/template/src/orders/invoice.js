import { cartLines } from "../cart/cart.js";
import { discountsFor } from "../coupons/discounts.js";
import { exchangeRate } from "../lib/exchange.js";
import { formatCents, percentOf, splitCents } from "../lib/money.js";

const euroRate = { currency: "EUR", value: 1 };

/** The lines of an invoice that take something off. */
export function creditLines(order, lines, store) {
  if (!order.couponCode) return [];
  const discounts = discountsFor(lines, order.couponCode, store);
  const granted = discounts.filter((discount) => discount.cents > 0);
  return granted.map((discount) => ({ text: discount.label, cents: -discount.cents }));
}

/** The amount in the customer's own currency. */
export async function foreignAmount(order) {
  const rate = order.currency === "EUR" ? euroRate : await exchangeRate(order.currency);
  const value = (order.cents / 100) * rate.value;
  const printedRate = rate.value.toFixed(4);
  return { value: Number(value.toFixed(2)), printedRate };
}

/** Columns for accounting: whole units and cents apart. */
export function ledgerColumns(order) {
  if (order.cents < 100000) return null;
  const { units, rest } = splitCents(order.cents);
  return { units, rest };
}

/** The whole invoice of an order. */
export async function invoiceFor(order, context) {
  const lines = cartLines(order, context.store);
  const foreign = await foreignAmount(order);
  const paidBy = order.currency === "EUR" ? "account" : "card";
  return {
    order: order.id,
    lines: lines.map((line) => ({ text: line.product.name, quantity: line.quantity, cents: line.cents })),
    credits: creditLines(order, lines, context.store),
    total: formatCents(order.cents, order.currency),
    fee: paidBy === "card" ? percentOf(order.cents, 1) : 0,
    foreign,
    ledger: ledgerColumns(order),
  };
}
