import { addItem, countPieces } from "../cart/cart.js";
import { cartTotals } from "../cart/totals.js";
import { readJson } from "../http/body.js";
import { notFound } from "../http/errors.js";

export function addCartRoutes(router, context) {
  function find(id) {
    const cart = context.store.carts.get(id);
    if (!cart) throw notFound("cart", id);
    return cart;
  }

  router.add("GET", "/carts/:id", ({ params }) => {
    const cart = find(params.id);
    return { id: cart.id, items: cart.items, pieces: countPieces(cart) };
  });

  router.add("GET", "/carts/:id/total", ({ params, query }) => cartTotals(find(params.id), context, query.get("coupon")));

  router.add("POST", "/carts/:id/items", async ({ request, params }) => {
    const cart = find(params.id);
    const { sku, quantity } = await readJson(request);
    addItem(cart, sku, quantity, context.store);
    return { status: 201, body: { id: cart.id, items: cart.items } };
  });
}
