import { createRouter } from "./http/router.js";
import { addProductRoutes } from "./routes/products.js"; // @catalog
import { addCartRoutes } from "./routes/carts.js"; // @cart-routes
import { addAvailabilityRoutes } from "./routes/availability.js"; // @stock
import { addShippingRoutes } from "./routes/shipping.js"; // @shipping-quote
import { addOrderRoutes } from "./routes/orders.js"; // @orders
import { addInvoiceRoutes } from "./routes/invoices.js"; // @invoice
import { addCustomerRoutes } from "./routes/customers.js"; // @customers
import { addSearchRoutes } from "./routes/search.js"; // @search
import { addReportRoutes } from "./routes/reports.js"; // @reports

/** Wires every route to one context: the store, the settings and the outside services. */
export function createApp(context) {
  const router = createRouter();
  router.add("GET", "/health", () => ({ ok: true }));
  addProductRoutes(router, context); // @catalog
  addCartRoutes(router, context); // @cart-routes
  addAvailabilityRoutes(router, context); // @stock
  addShippingRoutes(router, context); // @shipping-quote
  addOrderRoutes(router, context); // @orders
  addInvoiceRoutes(router, context); // @invoice
  addCustomerRoutes(router, context); // @customers
  addSearchRoutes(router, context); // @search
  addReportRoutes(router, context); // @reports
  return router;
}
