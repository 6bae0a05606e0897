/** Faults whose guilty commit changed the file that throws. */
import type { Fault } from "./fault.ts";

export const missingNullCase: Fault = {
  id: "missing-null-case",
  messages: [
    { kind: "refactor", area: "tax", text: "Read the tax region straight from the address" },
    { kind: "feat", area: "tax", text: "Fall back to the country where an address has no region" },
  ],
  edits: [
    {
      file: "src/tax/tax.js",
      find: `/** The region whose tax is due: the customer's, or the shop's own for guests and pick-up. */
export function taxRegion(customer, config) {
  if (!customer || !customer.address) return config.tax.homeRegion;
  return customer.address.region;
}`,
      put: `/** The region whose tax is due: the customer's, else their country, else the shop's own. */
export function taxRegion(customer, config) {
  const { region, country } = customer.address;
  return region ?? country ?? config.tax.homeRegion;
}`,
    },
  ],
  failing: [
    { method: "GET", path: "/carts/k-5/total" },
    { method: "GET", path: "/carts/k-6/total" },
  ],
  thrownAt: { file: "src/tax/tax.js", text: "const { region, country } = customer.address;" },
  isFailingLineOlder: false,
  innocent: {
    message: { kind: "feat", area: "tax", text: "Say that prices are net where no VAT is due" },
    edits: [{ file: "src/tax/tax.js", find: `"no VAT"`, put: `"net, no VAT"` }],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "tax", text: "Move the tax label to its own file" },
        edits: [
          {
            moveFrom: "src/tax/tax.js",
            to: "src/tax/label.js",
            names: ["taxLabel"],
            imports: [],
            leaves: `export { taxLabel } from "./label.js";`,
          },
        ],
      },
    },
    {
      isOfGuiltyLines: true,
      change: {
        message: { kind: "refactor", area: "tax", text: "Split the tax module by region and amount" },
        edits: [
          {
            moveFrom: "src/tax/tax.js",
            to: "src/tax/region.js",
            names: ["taxRegion"],
            imports: [],
            leaves: `import { taxRegion } from "./region.js";\n\nexport { taxRegion };`,
          },
        ],
      },
    },
  ],
  reformatted: [
    { file: "src/cart/totals.js", isOfGuiltyLines: false },
    { file: "src/tax/tax.js", isOfGuiltyLines: true },
  ],
};

export const awaitRemoved: Fault = {
  id: "await-removed",
  messages: [
    { kind: "perf", area: "invoices", text: "Do not wait for a rate that is in memory" },
    { kind: "refactor", area: "invoices", text: "Read exchange rates directly" },
  ],
  edits: [
    {
      file: "src/orders/invoice.js",
      find: `euroRate : await exchangeRate(order.currency);`,
      put: `euroRate : exchangeRate(order.currency);`,
    },
  ],
  failing: [{ method: "GET", path: "/orders/o-1004/invoice" }],
  thrownAt: { file: "src/orders/invoice.js", text: "const printedRate = rate.value.toFixed(4);" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "chore", area: "invoices", text: "Start the accounting columns at 900 euros" },
    edits: [{ file: "src/orders/invoice.js", find: "order.cents < 100000", put: "order.cents < 90000" }],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "invoices", text: "Move the accounting columns out of the invoice" },
        edits: [
          {
            moveFrom: "src/orders/invoice.js",
            to: "src/orders/ledger.js",
            names: ["ledgerColumns"],
            imports: [`import { splitCents } from "../lib/money.js";`],
            leaves: `import { ledgerColumns } from "./ledger.js";`,
          },
        ],
      },
    },
    {
      isOfGuiltyLines: true,
      change: {
        message: { kind: "refactor", area: "invoices", text: "Give foreign amounts their own module" },
        edits: [
          {
            moveFrom: "src/orders/invoice.js",
            to: "src/orders/foreign-amount.js",
            names: ["euroRate", "foreignAmount"],
            imports: [`import { exchangeRate } from "../lib/exchange.js";`],
            drops: [`import { exchangeRate } from "../lib/exchange.js";`],
            leaves: `import { foreignAmount } from "./foreign-amount.js";`,
          },
        ],
      },
    },
  ],
  reformatted: [
    { file: "src/routes/invoices.js", isOfGuiltyLines: false },
    { file: "src/orders/invoice.js", isOfGuiltyLines: true },
  ],
};

export const emptyList: Fault = {
  id: "empty-list",
  messages: [
    { kind: "refactor", area: "reports", text: "Find the best seller with reduce" },
    { kind: "perf", area: "reports", text: "Find the best seller in one expression" },
  ],
  edits: [
    {
      file: "src/reports/daily.js",
      find: `  let best = null;
  for (const [sku, count] of countBySku(orders)) {
    if (best === null || count > best.count) best = { sku, count };
  }
  return best;
}`,
      put: `  const counts = [...countBySku(orders)].map(([sku, count]) => ({ sku, count }));
  return counts.reduce((best, entry) => (entry.count > best.count ? entry : best));
}`,
    },
  ],
  failing: [{ method: "GET", path: "/reports/daily?day=2026-03-04" }],
  thrownAt: { file: "src/reports/daily.js", text: "return counts.reduce((best, entry)" },
  isFailingLineOlder: false,
  innocent: {
    message: { kind: "docs", area: "reports", text: "Say on whose clock a day of the report is" },
    edits: [
      {
        file: "src/reports/daily.js",
        find: "/** Orders, turnover and best seller of a day. */",
        put: "/** Orders, turnover and best seller of a day on the shop's clock. */",
      },
    ],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "reports", text: "Move the local day next to the other date helpers" },
        edits: [
          {
            moveFrom: "src/reports/daily.js",
            to: "src/lib/local-day.js",
            names: ["localDay"],
            imports: [],
            leaves: `import { localDay } from "../lib/local-day.js";`,
          },
        ],
      },
    },
    {
      isOfGuiltyLines: true,
      change: {
        message: { kind: "refactor", area: "reports", text: "Move the best seller to its own file" },
        edits: [
          {
            moveFrom: "src/reports/daily.js",
            to: "src/reports/best-seller.js",
            names: ["countBySku", "bestSeller"],
            imports: [],
            leaves: `import { bestSeller } from "./best-seller.js";\n\nexport { bestSeller };`,
          },
        ],
      },
    },
  ],
  reformatted: [
    { file: "src/routes/reports.js", isOfGuiltyLines: false },
    { file: "src/reports/daily.js", isOfGuiltyLines: true },
  ],
};

export const defaultDropped: Fault = {
  id: "default-dropped",
  messages: [
    { kind: "refactor", area: "calendar", text: "Name the calendar where working days are counted" },
    { kind: "refactor", area: "calendar", text: "Prepare the calendar for a second warehouse" },
  ],
  edits: [
    {
      file: "src/lib/calendar.js",
      find: "export function addWorkingDays(start, days, calendar = warehouseCalendar) {",
      put: "export function addWorkingDays(start, days, calendar) {",
    },
    {
      file: "src/shipping/quote.js",
      find: `import { addWorkingDays, dayOf } from "../lib/calendar.js";`,
      put: `import { addWorkingDays, dayOf, warehouseCalendar } from "../lib/calendar.js";`,
    },
    {
      file: "src/shipping/quote.js",
      find: "return dayOf(addWorkingDays(today, days));",
      put: "return dayOf(addWorkingDays(today, days, warehouseCalendar));",
    },
  ],
  failing: [
    { method: "GET", path: "/products/mug-red/availability" },
    { method: "GET", path: "/products/pan-28/availability" },
  ],
  thrownAt: { file: "src/lib/calendar.js", text: "const isFree = calendar.weekend.includes(day.getUTCDay())" },
  isFailingLineOlder: true,
  innocent: {
    message: { kind: "feat", area: "calendar", text: "Close the warehouse on Easter Monday 2026" },
    edits: [{ file: "src/lib/calendar.js", find: `"05-01", "10-03"`, put: `"04-06", "05-01", "10-03"` }],
  },
  moves: [
    {
      isOfGuiltyLines: false,
      change: {
        message: { kind: "refactor", area: "calendar", text: "Move day formatting out of the calendar" },
        edits: [
          {
            moveFrom: "src/lib/calendar.js",
            to: "src/lib/day.js",
            names: ["dayOf"],
            imports: [],
            leaves: `export { dayOf } from "./day.js";`,
          },
        ],
      },
    },
    {
      isOfGuiltyLines: true,
      change: {
        message: { kind: "refactor", area: "calendar", text: "Split working days from the calendar's data" },
        edits: [
          {
            moveFrom: "src/lib/calendar.js",
            to: "src/lib/working-days.js",
            names: ["isHoliday", "addWorkingDays"],
            imports: [],
            leaves: `export { addWorkingDays } from "./working-days.js";`,
          },
        ],
      },
    },
  ],
  reformatted: [
    { file: "src/stock/resupply.js", isOfGuiltyLines: false },
    { file: "src/lib/calendar.js", isOfGuiltyLines: true },
  ],
};
