import { accountOf } from "../customers/account.js";
import { notFound } from "../http/errors.js";

export function addCustomerRoutes(router, { store }) {
  router.add("GET", "/customers/:id", ({ params }) => {
    const customer = store.customers.get(params.id);
    if (!customer) throw notFound("customer", params.id);
    return accountOf(customer, store);
  });
}
