import { discountsFor } from "../coupons/discounts.js";
import { formatCents, sumCents } from "../lib/money.js";
import { taxFor } from "../tax/tax.js";
import { cartLines } from "./cart.js";

/** What a cart costs: goods, less discounts, plus tax. All amounts in cents. */
export function cartTotals(cart, context, couponCode) {
  const { store, config } = context;
  const lines = cartLines(cart, store);
  const goods = sumCents(lines.map((line) => line.cents));
  const discounts = couponCode ? discountsFor(lines, couponCode, store) : [];
  const reduction = sumCents(discounts.map((discount) => discount.cents));
  const customer = store.customers.get(cart.customerId) ?? null;
  const tax = taxFor(goods - reduction, customer, config);
  const total = goods - reduction + tax;
  return { goods, reduction, tax, total, display: formatCents(total, config.orders.currency) };
}
