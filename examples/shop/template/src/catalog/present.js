/** What the product page shows. */
export function presentProduct(product) {
  const { width, height, depth } = product.dimensions;
  return {
    sku: product.sku,
    name: product.name,
    category: product.category,
    cents: product.cents,
    size: `${width} × ${height} × ${depth} mm`,
  };
}

/** One line of a product list. */
export function presentRow(product) {
  return { sku: product.sku, name: product.name, cents: product.cents };
}
