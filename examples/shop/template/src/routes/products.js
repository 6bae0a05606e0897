import { presentProduct, presentRow } from "../catalog/present.js";
import { notFound } from "../http/errors.js";

export function addProductRoutes(router, { store }) {
  router.add("GET", "/products", ({ query }) => {
    const category = query.get("category");
    const products = [...store.products.values()].filter((product) => !category || product.category === category);
    return { products: products.map(presentRow) };
  });

  router.add("GET", "/products/:sku", ({ params }) => {
    const product = store.products.get(params.sku);
    if (!product) throw notFound("product", params.sku);
    return presentProduct(product);
  });
}
