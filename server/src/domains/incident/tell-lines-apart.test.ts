import { randomUUID } from "node:crypto";
import { type KyselyPlugin, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { createProject } from "../access/index.ts";
import { mergeIncidents } from "./merge-incidents.ts";
import { prepareSignal } from "./prepare-signal.ts";
import type { SignalToStore } from "./signal-to-store.ts";
import { storeSignals } from "./store-signals.ts";

/** Two failures with one type, message and stack of functions, of which senders tell the lines. */

let test_: TestDatabase;
let projectId: string;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  projectId = (await createProject(test_.database.db, { name: `p ${randomUUID()}` })).id;
});

const onNull = "return cart.discount.percent;";
const onPromise = "const { percent } = (await load(id)).discount;";

/** `at` is the number of the line, which moves with every release. */
function failure(sourceLine: string | undefined, line = 3): SignalToStore {
  const frames = [{ file: "src/cart.js", function: "total", line, column: 7, isInApp: true, sourceLine }];
  const message = "Cannot read properties of undefined (reading 'percent')";
  const signal = plainSignal({ exceptions: [{ type: "TypeError", message, frames }] });
  return prepareSignal(projectId, signal, new Date());
}

let statements = 0;
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => {
    statements += 1;
    return node;
  },
  transformResult: async ({ result }) => result,
};
async function store(...items: readonly SignalToStore[]): Promise<readonly string[]> {
  statements = 0;
  const { stored } = await test_.database.transaction((tx) =>
    storeSignals(tx.withPlugin(counting), items, { payloadsPerIncident: 5 }),
  );
  return stored.map(({ incidentId }) => incidentId);
}

test("a missing await is not counted with the null that fails in the same function with the same words; each is found again, wherever its line moves and however it is laid out", async () => {
  const [byNull] = await store(failure(onNull));
  const [byPromise] = await store(failure(onPromise, 9));
  expect(byPromise).not.toBe(byNull);
  expect(
    await store(failure(`\t${onNull.replace(";", "")}`, 40), failure(onPromise, 50), failure(onPromise, 9)),
  ).toEqual([byNull, byPromise, byPromise]);
});

test("two of one batch are told apart too, and twenty writers at once open one incident for each", async () => {
  const [byNull, byPromise, again] = await store(failure(onNull), failure(onPromise), failure(onNull));
  expect(again).toBe(byNull);
  expect(byPromise).not.toBe(byNull);
  projectId = (await createProject(test_.database.db, { name: `p ${randomUUID()}` })).id;
  await store(failure(onNull));
  const opened = await Promise.all(Array.from({ length: 20 }, () => store(failure(onPromise), failure(onNull))));
  expect(new Set(opened.flat()).size).toBe(2);
});

test("what was stored without a line stays together with its line, and who tells none joins it", async () => {
  const [known] = await store(failure(undefined));
  expect(await store(failure(onNull))).toEqual([known]);
  const [other] = await store(failure(onPromise));
  expect(other).not.toBe(known);
  expect(await store(failure(undefined), failure(onNull), failure(onPromise))).toEqual([known, known, other]);
});

test("of merged incidents both lines belong to the one that goes on", async () => {
  const [into = "", from = ""] = [...(await store(failure(onNull))), ...(await store(failure(onPromise)))];
  const merge = { projectId, from, into, reason: "They are one.", details: {} };
  expect(await test_.database.transaction((tx) => mergeIncidents(tx, merge))).toBe(true);
  expect(await store(failure(onNull), failure(onPromise))).toEqual([into, into]);
});

test("lines cost a batch one statement where one is learnt, and none afterwards; they are looked up by the key of the fingerprints", async () => {
  await store(failure(undefined));
  const batch = () => Array.from({ length: 50 }, (_, n) => failure(`x${n}();`));
  const first = await store(...batch());
  expect(new Set(first).size).toBe(50);
  await store(failure(undefined));
  const plain = statements;
  expect(await store(...batch())).toEqual(first);
  expect(statements).toBe(plain);
  const { rows } = await sql<{ versions: number[] }>`
    SELECT array_agg(DISTINCT version ORDER BY version) AS versions FROM incident_fingerprints WHERE project_id = ${projectId}`.execute(
    test_.database.db,
  );
  expect(rows).toEqual([{ versions: [1, 2] }]);
});
