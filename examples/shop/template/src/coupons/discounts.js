import { percentOf } from "../lib/money.js";

function isEligible(line, coupon) {
  return coupon.category === "any" || line.product.category === coupon.category;
}

function amountOff(line, coupon) {
  return coupon.kind === "percent" ? percentOf(line.cents, coupon.value) : Math.min(coupon.value, line.cents);
}

/** The discounts that a coupon gives on these lines; none for an unknown coupon. */
export function discountsFor(lines, code, store) {
  const coupon = store.coupons.get(code);
  if (!coupon) return [];
  return lines
    .filter((line) => isEligible(line, coupon))
    .map((line) => ({ sku: line.product.sku, label: coupon.label, cents: amountOff(line, coupon) }));
}

/** Whether a coupon may still be used on a day. */
export function isRunning(coupon, day) {
  return coupon.endsOn === undefined || day <= coupon.endsOn;
}
