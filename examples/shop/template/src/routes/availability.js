import { notFound } from "../http/errors.js";
import { availability } from "../stock/resupply.js";

export function addAvailabilityRoutes(router, { store }) {
  router.add("GET", "/products/:sku/availability", ({ params }) => {
    if (!store.products.has(params.sku)) throw notFound("product", params.sku);
    return availability(params.sku, store, new Date());
  });
}
