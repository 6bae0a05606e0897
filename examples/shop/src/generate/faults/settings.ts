/** Settings that break the shop: changed in the repository, or from outside by a variable of the running service. */
import type { Message } from "../messages.ts";
import { wrongUnit } from "./bad-release-elsewhere.ts";
import { awaitRemoved, emptyList, missingNullCase } from "./bad-release-inside.ts";
import type { Fault, ShopRequest } from "./fault.ts";

export interface SettingFault {
  readonly id: string;
  readonly message: Message;
  /** The setting in `config/production.json`, before and after. */
  readonly inFile: { readonly find: string; readonly put: string };
  /** The variable that sets the same from outside; null where there is none. */
  readonly variable: { readonly name: string; readonly oldValue: string; readonly newValue: string } | null;
  readonly failing: readonly [ShopRequest, ...ShopRequest[]];
  /** The fault whose moves, reformatting and innocent commits happen around this one. */
  readonly near: Fault;
}

export const settingFaults: readonly [SettingFault, ...SettingFault[]] = [
  {
    id: "currency-name",
    message: { kind: "chore", area: "config", text: "Use the finance team's name for the currency" },
    inFile: { find: `"currency": "EUR"`, put: `"currency": "EURO"` },
    variable: { name: "SHOP_CURRENCY", oldValue: "EUR", newValue: "EURO" },
    failing: [
      { method: "GET", path: "/carts/k-1/total" },
      { method: "GET", path: "/carts/k-3/total" },
    ],
    near: missingNullCase,
  },
  {
    id: "default-zone",
    message: { kind: "chore", area: "config", text: "Name the default zone as the carrier does" },
    inFile: { find: `"defaultZone": "home"`, put: `"defaultZone": "domestic"` },
    variable: { name: "SHOP_DEFAULT_ZONE", oldValue: "home", newValue: "domestic" },
    failing: [
      { method: "GET", path: "/shipping/quote?cart=k-1" },
      { method: "GET", path: "/shipping/quote?cart=k-3" },
    ],
    near: wrongUnit,
  },
  {
    id: "time-zone",
    message: { kind: "chore", area: "config", text: "Move the daily report to the new office's clock" },
    inFile: { find: `"timeZone": "Europe/Berlin"`, put: `"timeZone": "Europe/Cologne"` },
    variable: { name: "SHOP_TIME_ZONE", oldValue: "Europe/Berlin", newValue: "Europe/Cologne" },
    failing: [{ method: "GET", path: "/reports/daily?day=2026-03-02" }],
    near: emptyList,
  },
  {
    id: "tax-rates",
    message: { kind: "chore", area: "config", text: "Empty the tax table until finance confirms the new rates" },
    inFile: {
      find: `"rates": { "DE-BE": 19, "DE-BY": 19, "AT-9": 20, "NL-NH": 21, "default": 19 }`,
      put: `"rates": null`,
    },
    variable: null,
    failing: [
      { method: "GET", path: "/carts/k-2/total" },
      { method: "GET", path: "/carts/k-4/total" },
    ],
    near: awaitRemoved,
  },
];
