import { releaseFaults } from "./episode.ts";
import { dependencyFaults } from "./faults/dependencies.ts";
import type { ShopRequest } from "./faults/fault.ts";
import { outages } from "./faults/outages.ts";
import { settingFaults } from "./faults/settings.ts";

const get = (path: string): ShopRequest => ({ method: "GET", path });

/** What people ask of the shop all day; every answer is good while the shop is. It holds what any fault would break. */
export const ordinaryRequests: readonly ShopRequest[] = [
  get("/products"),
  get("/products?category=kitchen"),
  get("/products/mug-blue"),
  get("/products/kettle"),
  get("/products/stool"),
  get("/products/mug-blue/availability"),
  get("/carts/k-1"),
  get("/carts/k-2"),
  get("/carts/k-1/total"),
  get("/carts/k-2/total?coupon=KITCHEN5"),
  get("/carts/k-3/total?coupon=LIGHT20"),
  get("/shipping/quote?cart=k-2"),
  get("/shipping/zones/DE"),
  get("/shipping/zones/NL"),
  get("/orders/o-1001"),
  get("/orders/o-1006"),
  get("/orders/o-1001/invoice"),
  get("/customers/c-1"),
  get("/customers/c-2"),
  get("/search?q=pan"),
  get("/search?q=soap&sort=price"),
  get("/reports/daily?day=2026-03-03"),
  { method: "POST", path: "/carts/k-4/items", body: { sku: "towel", quantity: 1 } },
  { method: "POST", path: "/orders", body: { cartId: "k-3" } },
  ...[...releaseFaults, ...settingFaults, ...dependencyFaults, ...outages].flatMap((fault) => fault.failing),
];

/** Mistakes of callers: each is answered by a 4xx, whatever the revision. */
export const clientMistakes: readonly ShopRequest[] = [
  get("/products/no-such-thing"),
  get("/carts/k-404"),
  get("/carts/k-404/total"),
  get("/orders/o-1"),
  get("/orders/o-1/invoice"),
  get("/customers/c-99"),
  get("/shipping/quote?cart=nobody"),
  get("/shipping/quote?cart=k-1&zone=moon"),
  get("/shipping/zones/germany"),
  get("/reports/daily?day=yesterday"),
  get("/wp-login.php"),
  { method: "POST", path: "/orders", body: { cartId: "k-404" } },
  { method: "POST", path: "/orders", body: { cartId: "k-7" } },
  { method: "POST", path: "/carts/k-1/items", body: { sku: "mug-blue", quantity: 0 } },
  { method: "POST", path: "/carts/k-1/items", body: { sku: "unicorn", quantity: 1 } },
  { method: "POST", path: "/orders", body: "not an object" },
];

/** Callers that go away before they are answered. */
export const abortedRequests: readonly ShopRequest[] = [
  { method: "GET", path: "/search?q=lamp", isAborted: true },
  { method: "POST", path: "/orders", body: { cartId: "k-1" }, isAborted: true },
  { method: "POST", path: "/carts/k-4/items", body: { sku: "soap", quantity: 1 }, isAborted: true },
];
