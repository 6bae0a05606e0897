/** New majors of a dependency that behave in another way. */

import { validationRemoved } from "./bad-release-elsewhere.ts";
import { awaitRemoved, emptyList, missingNullCase } from "./bad-release-inside.ts";
import type { Fault, ShopRequest } from "./fault.ts";

export interface DependencyFault {
  readonly id: string;
  readonly packageName: "money-format" | "postal-zones";
  /** The new major, a folder of `template/vendor/`. */
  readonly vendored: string;
  readonly failing: readonly [ShopRequest, ...ShopRequest[]];
  /** True when it is thrown inside `node_modules`. */
  readonly isThrownInside: boolean;
  /** The fault whose moves, reformatting and innocent commits happen around this one. */
  readonly near: Fault;
}

export const dependencyFaults: readonly [DependencyFault, ...DependencyFault[]] = [
  {
    id: "stricter-argument",
    packageName: "money-format",
    vendored: "money-format-2-codes",
    failing: [{ method: "GET", path: "/orders/o-1005/invoice" }],
    isThrownInside: true,
    near: awaitRemoved,
  },
  {
    id: "other-result",
    packageName: "money-format",
    vendored: "money-format-2-parts",
    failing: [{ method: "GET", path: "/orders/o-1003/invoice" }],
    isThrownInside: false,
    near: missingNullCase,
  },
  {
    id: "removed-function",
    packageName: "money-format",
    vendored: "money-format-2-range",
    failing: [
      { method: "GET", path: "/search?q=lamp" },
      { method: "GET", path: "/search?category=kitchen&sort=price" },
    ],
    isThrownInside: false,
    near: validationRemoved,
  },
  {
    id: "missing-result",
    packageName: "postal-zones",
    vendored: "postal-zones-4",
    failing: [
      { method: "GET", path: "/shipping/zones/IS" },
      { method: "GET", path: "/shipping/zones/BR" },
    ],
    isThrownInside: false,
    near: emptyList,
  },
];
