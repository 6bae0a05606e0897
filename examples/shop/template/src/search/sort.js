const comparators = {
  name: (a, b) => a.name.localeCompare(b.name),
  price: (a, b) => a.cents - b.cents,
  newest: (a, b) => b.addedOn.localeCompare(a.addedOn),
};

/** Products in the asked order; equal ones by SKU, so that pages never overlap. */
export function sortProducts(products, key) {
  const compare = comparators[key];
  return [...products].sort((a, b) => compare(a, b) || a.sku.localeCompare(b.sku));
}
