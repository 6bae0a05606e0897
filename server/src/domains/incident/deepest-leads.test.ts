import { createHash, randomUUID } from "node:crypto";
import type { ErrorSignal, StackFrame } from "@culprit/contract";
import { type KyselyPlugin, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { createProject } from "../access/index.ts";
import { observeEdges } from "../change/index.ts";
import { type SignalToStore, toStore } from "./signal-to-store.ts";
import { storeSignals } from "./store-signals.ts";

/** Of the exceptions of one request that of the deepest service is the incident's, by who calls whom and not by when it was told. */

let test_: TestDatabase;
let projectId: string;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const hexId = () => randomUUID().replaceAll("-", "");
const startedAt = Date.now();

async function newProject(...calls: readonly (readonly [string, string])[]): Promise<void> {
  const { db } = test_.database;
  projectId = (await createProject(db, { name: `p ${hexId()}` })).id;
  const key = (service: string) => `default/production/${service}`;
  const edge = { projectId, environment: "production", engine: null, source: "traces" as const, seenAt: new Date() };
  await observeEdges(
    db,
    calls.map(([caller, callee]) => ({ ...edge, fromKey: key(caller), toKey: key(callee) })),
  );
}

interface Told {
  readonly message?: string;
  readonly afterMs?: number;
  readonly isOwn?: boolean;
}

function told(service: string, traceId: string, { message, afterMs = 0, isOwn = true }: Told = {}): SignalToStore {
  const text = message ?? `${service} is broken`;
  const frames: StackFrame[] = [
    { file: isOwn ? `src/${service}.js` : "lib/driver.js", function: "run", line: 3, column: 7, isInApp: isOwn },
  ];
  const signal: ErrorSignal = plainSignal({
    ...{ door: "otlp", service, traceId, title: `Error: ${text}` },
    exceptions: [{ type: "Error", message: text, frames }],
    occurredAt: new Date(startedAt + afterMs).toISOString(),
  });
  const hash = createHash("sha256").update(`${service} ${text}`).digest();
  return toStore({ projectId, signal, fingerprint: { version: 1, hash }, receivedAt: new Date() });
}

let statements = 0;
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => {
    statements += 1;
    return node;
  },
  transformResult: async ({ result }) => result,
};
async function store(...items: readonly SignalToStore[]): Promise<void> {
  statements = 0;
  await test_.database.transaction((tx) => storeSignals(tx.withPlugin(counting), items, { payloadsPerIncident: 5 }));
}

async function incidents() {
  const { rows } = await sql<{ title: string; service: string; file: string | null; stack: string }>`
    SELECT i.title, s.service_name AS service, i.file_path AS file, i.stack_trace AS stack
    FROM incidents i JOIN services s USING (service_id) WHERE i.project_id = ${projectId} ORDER BY i.created_at, i.id`.execute(
    test_.database.db,
  );
  return rows;
}

test("a callee's exception of a later request than the one that opened its caller's incident gives title, service and stack", async () => {
  await newProject(["web", "cart"]);
  const [lost, whole] = [hexId(), hexId()];
  await store(told("web", lost));
  await store(told("web", whole, { afterMs: 2000 }));
  await store(told("cart", whole, { afterMs: 1900 }));
  const cart = { title: "Error: cart is broken", service: "cart", file: "src/cart.js" };
  expect(await incidents()).toMatchObject([{ ...cart, stack: expect.stringContaining("src/cart.js") }]);
  // Its caller's caller joins, by whatever clock, and the callee's own is counted there from now on.
  await store(told("web", hexId(), { message: "another way to fail" }), told("cart", hexId()));
  expect(await incidents()).toMatchObject([cart, { service: "web", title: "Error: another way to fail" }]);
});

test("a service in between that recorded nothing hides nobody, and a caller whose clock lags takes nothing over", async () => {
  await newProject(["web", "cart"], ["cart", "stock"]);
  const [lost, whole] = [hexId(), hexId()];
  await store(told("web", lost));
  await store(told("web", whole, { afterMs: 2000 }));
  await store(told("stock", whole, { afterMs: 1900 }));
  await store(told("cart", whole, { afterMs: -60_000 }));
  expect(await incidents()).toMatchObject([{ service: "stock", title: "Error: stock is broken" }]);
});

test("where nobody knows who calls whom, or each calls the other, the earlier exception leads", async () => {
  for (const calls of [
    [],
    [
      ["web", "cart"],
      ["cart", "web"],
    ],
  ] as const) {
    await newProject(...calls);
    const traceId = hexId();
    await store(told("web", traceId, { afterMs: 2000 }));
    await store(told("cart", traceId, { afterMs: 1900 }));
    expect(await incidents()).toMatchObject([{ service: "cart" }]);
    await store(told("web", hexId(), { message: "other" }));
  }
});

test("of one batch the deepest leads too, and of a batch behind an incident that stands", async () => {
  await newProject(["web", "cart"], ["cart", "stock"]);
  const first = hexId();
  await store(
    told("web", first, { afterMs: -50 }),
    told("cart", first, { afterMs: 10 }),
    told("stock", first, { afterMs: 5000 }),
  );
  expect(await incidents()).toMatchObject([{ service: "stock", file: "src/stock.js" }]);

  await newProject(["web", "cart"], ["cart", "stock"]);
  const second = hexId();
  await store(told("web", second));
  await store(told("cart", second, { afterMs: 10 }), told("stock", second, { afterMs: 20 }));
  expect(await incidents()).toMatchObject([{ service: "stock", file: "src/stock.js" }]);
});

test.each(["one after the other", "in one batch"])(
  "an exception without code of the project leaves its caller's frames in place where that hands it on, and leads not where the caller fails by itself: %s",
  async (how) => {
    const send = async (...items: readonly SignalToStore[]) => {
      if (how === "in one batch") await store(...items);
      else for (const item of items) await store(item);
    };
    await newProject(["web", "cart"]);
    const traceId = hexId();
    await send(
      told("web", traceId, { message: "cart answered 500" }),
      told("cart", traceId, { message: "no such relation", isOwn: false, afterMs: 5 }),
    );
    expect(await incidents()).toMatchObject([
      {
        title: "Error: no such relation",
        service: "cart",
        file: "src/web.js",
        stack: expect.stringContaining("driver"),
      },
    ]);
    await newProject(["web", "cart"]);
    const other = hexId();
    await send(told("web", other), told("cart", other, { isOwn: false, afterMs: 5 }));
    expect(await incidents()).toMatchObject([{ title: "Error: web is broken", service: "web" }]);
  },
);

test("who calls whom is asked once for a batch, and only where a request failed in several services by errors that were not known", async () => {
  await newProject(["web", "cart"]);
  await store(told("web", hexId(), { message: "a" }));
  const alone = statements;
  const ids = Array.from({ length: 50 }, hexId);
  const both = (afterMs: number) =>
    ids.flatMap((id, n) => [told("web", id, { message: `w${n}`, afterMs }), told("cart", id, { message: `c${n}` })]);
  await store(...both(5));
  expect(statements).toBe(alone + 1);
  expect((await incidents()).filter(({ service }) => service === "cart")).toHaveLength(50);
  await store(...ids.map((_, n) => told("cart", hexId(), { message: `c${n}` })));
  expect(statements).toBeLessThanOrEqual(alone);
});
