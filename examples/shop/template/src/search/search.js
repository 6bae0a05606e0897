import { presentRow } from "../catalog/present.js";
import { formatRange } from "../lib/money.js";
import { sortProducts } from "./sort.js";

function isMatch(product, { text, category }) {
  if (category && product.category !== category) return false;
  return product.name.toLowerCase().includes(text);
}

/** The price range above the results; only worth showing where prices differ. */
export function priceRange(products, currency) {
  if (products.length < 2) return null;
  const cents = products.map((product) => product.cents);
  return formatRange(Math.min(...cents), Math.max(...cents), currency);
}

/** One page of results. */
export function searchProducts(params, { store, config }) {
  const found = [...store.products.values()].filter((product) => isMatch(product, params));
  const sorted = sortProducts(found, params.sort);
  const first = (params.page - 1) * config.search.pageSize;
  return {
    count: found.length,
    prices: priceRange(found, config.orders.currency),
    rows: sorted.slice(first, first + config.search.pageSize).map(presentRow),
  };
}
