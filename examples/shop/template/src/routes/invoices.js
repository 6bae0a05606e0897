import { notFound } from "../http/errors.js";
import { invoiceFor } from "../orders/invoice.js";

export function addInvoiceRoutes(router, context) {
  router.add("GET", "/orders/:id/invoice", async ({ params }) => {
    const order = context.store.orders.get(params.id);
    if (!order) throw notFound("order", params.id);
    return await invoiceFor(order, context);
  });
}
