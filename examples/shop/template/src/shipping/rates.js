/** What a parcel costs in a zone, in cents. */
export function rateFor(tariff, grams, isExpress) {
  const kilos = Math.ceil(grams / 1000);
  const standard = tariff.baseCents + kilos * tariff.perKiloCents;
  if (!isExpress) return standard;
  return Math.round(standard * 1.75);
}

/** What is left to spend until shipping is free, in cents. */
export function untilFree(goods, config) {
  return Math.max(0, config.shipping.freeFromCents - goods);
}
