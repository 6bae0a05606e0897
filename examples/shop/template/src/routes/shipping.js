import { badRequest } from "../http/errors.js";
import { quoteShipping } from "../shipping/quote.js";
import { zoneOfCountry } from "../shipping/zones.js";

export function addShippingRoutes(router, context) {
  router.add("GET", "/shipping/quote", ({ query }) => {
    const cart = context.store.carts.get(query.get("cart"));
    if (!cart) throw badRequest("cart must be the id of a cart");
    const isExpress = query.get("speed") === "express";
    return quoteShipping(cart, { zone: query.get("zone"), isExpress, today: new Date() }, context);
  });

  router.add("GET", "/shipping/zones/:country", ({ params }) => zoneOfCountry(params.country));
}
