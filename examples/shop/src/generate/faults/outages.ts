/** Ways in which the payment provider, which is not the shop's code, fails. */
import { changedKey, helperShape } from "./bad-release-elsewhere.ts";
import { missingNullCase } from "./bad-release-inside.ts";
import type { Change, Fault, ShopRequest } from "./fault.ts";

export interface Outage {
  readonly id: "unavailable" | "refused" | "error-page";
  readonly failing: readonly [ShopRequest, ...ShopRequest[]];
  /** A harmless commit right where the failure shows, deployed just before it. */
  readonly tempting: Change;
  readonly near: Fault;
}

const checkouts: readonly [ShopRequest, ...ShopRequest[]] = [
  { method: "POST", path: "/orders", body: { cartId: "k-1" } },
  { method: "POST", path: "/orders", body: { cartId: "k-2", couponCode: "SPRING10" } },
  { method: "POST", path: "/orders", body: { cartId: "k-4" } },
];

export const outages: readonly [Outage, ...Outage[]] = [
  {
    id: "unavailable",
    failing: checkouts,
    tempting: {
      message: { kind: "docs", area: "payments", text: "Describe the receipt" },
      edits: [
        {
          file: "src/payments/client.js",
          find: "/** The provider's receipt, or an error that says what it answered. */",
          put: "/** The provider's receipt (its number and what was paid), or an error that says what it answered. */",
        },
      ],
    },
    near: helperShape,
  },
  {
    id: "refused",
    failing: checkouts,
    tempting: {
      message: { kind: "feat", area: "payments", text: "Tell the payment provider who calls" },
      edits: [
        {
          file: "src/payments/client.js",
          find: `return { "content-type": "application/json", "content-length"`,
          put: `return { "user-agent": "shop", "content-type": "application/json", "content-length"`,
        },
      ],
    },
    near: changedKey,
  },
  {
    id: "error-page",
    failing: checkouts,
    tempting: {
      message: { kind: "refactor", area: "orders", text: "Say why a checkout is refused" },
      edits: [
        {
          file: "src/orders/checkout.js",
          find: `badRequest("too many lines")`,
          put: `badRequest("the cart has too many lines")`,
        },
      ],
    },
    near: missingNullCase,
  },
];
