import type { PatchTopic } from "./fault.ts";

export interface Patch {
  readonly subject: string;
  readonly path: string;
  readonly lines: readonly string[];
}

/** What commits look like, by topic. The guilty are drawn from the same ones as the harmless. */
export const patches: Readonly<Record<PatchTopic, readonly Patch[]>> = {
  feature: [
    {
      subject: "Show the delivery date in the summary",
      path: "src/summary/render.ts",
      lines: [
        "-  return { total };",
        "+  const date = order.delivery.date.toISOString();",
        "+  return { total, date };",
      ],
    },
    {
      subject: "Support a second address",
      path: "src/address/parse.ts",
      lines: [
        "-  const line = input.address.line;",
        "+  const line = input.addresses[0].line;",
        "+  const second = input.addresses[1].line;",
      ],
    },
    {
      subject: "Round totals to the currency's digits",
      path: "src/price/round.ts",
      lines: ["-  return Math.round(value);", "+  return Number(value.toFixed(currency.digits));"],
    },
  ],
  refactor: [
    {
      subject: "Move handlers into their own folder",
      path: "src/handlers/index.ts",
      lines: ["-export { handle } from './handle';", "+export { handle } from './http/handle';"],
    },
    {
      subject: "Rename the helper to what it does",
      path: "src/shared/format.ts",
      lines: ["-export function fmt(value) {", "+export function formatValue(value) {"],
    },
  ],
  query: [
    {
      subject: "Filter by status and sort by update time",
      path: "src/repository/find.ts",
      lines: [
        "-  SELECT * FROM items WHERE owner_id = $1",
        "+  SELECT * FROM items WHERE lower(status) = $2 ORDER BY updated_at DESC",
      ],
    },
    {
      subject: "Search also in descriptions",
      path: "src/repository/search.sql",
      lines: ["-WHERE name = $1", "+WHERE name ILIKE '%' || $1 || '%' OR description ILIKE '%' || $1 || '%'"],
    },
  ],
  loop: [
    {
      subject: "Load details with each item",
      path: "src/repository/details.ts",
      lines: ["-  return db.query(byIds, ids);", "+  return Promise.all(ids.map((id) => db.query(byId, id)));"],
    },
  ],
  client: [
    {
      subject: "Call the second version of the API",
      path: "src/clients/http-client.ts",
      lines: ["-  const url = `${base}/v1/items`;", "+  const url = `${base}/v2/items`;"],
    },
  ],
  timeout: [
    {
      subject: "Wait less for slow answers",
      path: "src/clients/settings.ts",
      lines: ["-export const timeoutMs = 3000;", "+export const timeoutMs = 800;"],
    },
    {
      subject: "Try again when a call fails",
      path: "src/clients/retry.ts",
      lines: ["-  retries: 0,", "+  retries: 2,"],
    },
  ],
  dependency: [
    {
      subject: "Update dependencies",
      path: "package.json",
      lines: ['-    "http-pool": "4.2.1",', '+    "http-pool": "5.0.0",'],
    },
    {
      subject: "Bump serializer to the next major version",
      path: "go.mod",
      lines: ["-\tgithub.com/example/serializer v1.9.2", "+\tgithub.com/example/serializer v2.0.0"],
    },
  ],
  config: [
    {
      subject: "Settings for the new region",
      path: "deploy/values.yaml",
      lines: ["-  region: eu-1", "+  region: eu-2"],
    },
  ],
  docs: [
    {
      subject: "Explain how to run it locally",
      path: "README.md",
      lines: ["-Run it.", "+Run `make dev`, then open the page."],
    },
  ],
  tests: [
    {
      subject: "Test empty baskets",
      path: "tests/basket.test.ts",
      lines: ["+test('an empty basket costs nothing', () => {", "+  expect(total([])).toBe(0);", "+});"],
    },
  ],
  memory: [
    {
      subject: "Remember results of look-ups",
      path: "src/cache/local.ts",
      lines: [
        "+const seen = new Map();",
        "-  return load(key);",
        "+  if (!seen.has(key)) seen.set(key, load(key));",
        "+  return seen.get(key);",
      ],
    },
  ],
  migration: [
    {
      subject: "Add a column for the channel",
      path: "migrations/0042_channel.sql",
      lines: ["+ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';"],
    },
  ],
  logging: [
    {
      subject: "Log the request id",
      path: "src/http/log.ts",
      lines: ["-  log.info({ path });", "+  log.info({ path, requestId });"],
    },
  ],
};
export const harmless: readonly PatchTopic[] = [
  "feature",
  "refactor",
  "query",
  "client",
  "timeout",
  "dependency",
  "docs",
  "tests",
  "logging",
  "memory",
  "config",
];
