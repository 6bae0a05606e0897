import { badRequest, HttpError } from "../http/errors.js";

/** The lines of a cart with their products and amounts. */
export function cartLines(cart, store) {
  return cart.items.map(({ sku, quantity }) => {
    const product = store.products.get(sku);
    return { product, quantity, cents: product.cents * quantity };
  });
}

/** Puts a product into a cart; a second time only raises the quantity. */
export function addItem(cart, sku, quantity, store) {
  if (!Number.isInteger(quantity) || quantity < 1) throw badRequest("quantity must be a whole number above 0");
  if (!store.products.has(sku)) throw badRequest(`there is no product ${sku}`);
  const level = store.stock.get(sku);
  const wanted = quantityOf(cart, sku) + quantity;
  if (wanted > level.available + level.incoming) throw new HttpError(409, `not enough of ${sku}`);
  cart.items = cart.items.filter((item) => item.sku !== sku).concat({ sku, quantity: wanted });
  return cart;
}

/** How many pieces of a product lie in a cart. */
export function quantityOf(cart, sku) {
  return cart.items.find((item) => item.sku === sku)?.quantity ?? 0;
}

/** Pieces in the whole cart, for the badge in the page's head. */
export function countPieces(cart) {
  return cart.items.reduce((count, item) => count + item.quantity, 0);
}
