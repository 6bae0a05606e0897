import { searchParams } from "../search/params.js";
import { searchProducts } from "../search/search.js";

export function addSearchRoutes(router, context) {
  router.add("GET", "/search", ({ query }) => searchProducts(searchParams(query), context));
}
