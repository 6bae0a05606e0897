import { readJson } from "../http/body.js";
import { notFound } from "../http/errors.js";
import { checkout } from "../orders/checkout.js";
import { presentOrder } from "../orders/present.js";

export function addOrderRoutes(router, context) {
  router.add("POST", "/orders", async ({ request }) => {
    const input = await readJson(request);
    const order = await checkout(input, context);
    return { status: 201, body: presentOrder(order) };
  });

  router.add("GET", "/orders/:id", ({ params }) => {
    const order = context.store.orders.get(params.id);
    if (!order) throw notFound("order", params.id);
    return presentOrder(order);
  });
}
