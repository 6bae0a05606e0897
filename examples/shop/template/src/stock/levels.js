/** Pieces that can be sold now. */
export function availableNow(sku, store) {
  const level = store.stock.get(sku);
  return level ? level.available : 0;
}

/** Pieces on their way to the warehouse. */
export function incoming(sku, store) {
  const level = store.stock.get(sku);
  return level ? level.incoming : 0;
}
