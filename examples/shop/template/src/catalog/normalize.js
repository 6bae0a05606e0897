/** The product as the rest of the shop sees it; the rows come from the merchandise system. */
export function normalizeProduct(row) {
  return {
    sku: row.sku,
    name: row.title.trim(),
    category: row.group,
    cents: row.price_cents,
    grams: row.grams,
    dimensions: { width: row.size_mm[0], height: row.size_mm[1], depth: row.size_mm[2] },
    addedOn: row.added_on,
  };
}
