import { expect, test } from "vitest";
import { CulpritError } from "../errors/culprit-error.ts";
import { Batcher } from "./batcher.ts";

/** A database that remembers its transactions and refuses what `isRefused` says. */
function memory(isRefused: (item: number) => boolean = () => false) {
  const transactions: number[][] = [];
  const write = async (items: readonly number[]) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (items.some(isRefused)) throw new Error("refused");
    transactions.push([...items]);
    return items.map((item) => item * 10);
  };
  return { transactions, write };
}

test("many requests of one moment become few transactions, each answered with its own results", async () => {
  const { transactions, write } = memory();
  const batcher = new Batcher({ write, batchItemsMax: 100, queuedItemsMax: 1000 });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => batcher.add([i, i + 1000])));
  expect(answers[7]).toEqual([70, 10070]);
  expect(transactions.length).toBeLessThanOrEqual(2);
  expect(batcher.queued).toBe(0);
});

test("a batch never holds more than its limit, but one large request passes whole", async () => {
  const { transactions, write } = memory();
  const batcher = new Batcher({ write, batchItemsMax: 3, queuedItemsMax: 1000 });
  await Promise.all([batcher.add([1, 2]), batcher.add([3, 4]), batcher.add([5, 6, 7, 8, 9])]);
  expect(transactions.map((items) => items.length)).toEqual([2, 2, 5]);
});

test("one bad item costs its own request and no other", async () => {
  const { transactions, write } = memory((item) => item === 13);
  const poison: number[] = [];
  const batcher = new Batcher({
    write,
    batchItemsMax: 100,
    queuedItemsMax: 1000,
    onPoison: (item) => poison.push(item),
  });
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => batcher.add([i])));
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(outcomes[13]?.status).toBe("rejected");
  expect(poison).toEqual([13]);
  expect(transactions.flat().sort((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, i) => i).filter((i) => i !== 13),
  );
});

test("a fault of the database fails the batch at once and is not tried item by item", async () => {
  let tries = 0;
  const write = async () => {
    tries += 1;
    throw new CulpritError("DATABASE_UNAVAILABLE", "gone");
  };
  const batcher = new Batcher<number, number>({ write, batchItemsMax: 100, queuedItemsMax: 1000 });
  const outcomes = await Promise.allSettled([batcher.add([1]), batcher.add([2])]);
  expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
  expect(tries).toBe(1);
});

test("what is over the queue limit is refused before anything is taken", async () => {
  const { write } = memory();
  const batcher = new Batcher({ write, batchItemsMax: 10, queuedItemsMax: 2 });
  const first = batcher.add([1, 2]);
  expect(() => batcher.add([3])).toThrow(
    expect.objectContaining({ code: "RATE_LIMIT_EXCEEDED", details: { retryAfterS: 1 } }),
  );
  await first;
  await batcher.drain();
  expect(await batcher.add([3])).toEqual([30]);
});

test("a second transaction begins beside a running one only when a full batch waits", async () => {
  const open: (() => void)[] = [];
  const write = async (items: readonly number[]) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return items;
  };
  const batcher = new Batcher<number, number>({ write, batchItemsMax: 3, queuedItemsMax: 1000 });
  const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  const answers = [batcher.add([1])];
  await turn();
  answers.push(batcher.add([2]), batcher.add([3]));
  await turn();
  expect(open).toHaveLength(1);
  answers.push(batcher.add([4]));
  await turn();
  expect(open).toHaveLength(2);
  for (let closed = 0; closed < open.length; closed += 1) {
    open[closed]?.();
    await turn();
  }
  expect(await Promise.all(answers)).toEqual([[1], [2], [3], [4]]);
});

test("a second writer starts only when enough waits, and then both write", async () => {
  let [running, runningMost] = [0, 0];
  const write = async (items: readonly number[]) => {
    running += 1;
    runningMost = Math.max(runningMost, running);
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return items;
  };
  const few = new Batcher({ write, batchItemsMax: 500, queuedItemsMax: 1000 });
  const first = few.add([1]);
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, few.add([2])]);
  expect(runningMost).toBe(1);
  const many = new Batcher({ write, batchItemsMax: 500, queuedItemsMax: 1000 });
  const begun = many.add([1]);
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([begun, ...Array.from({ length: 100 }, (_, i) => many.add([i]))]);
  expect(runningMost).toBe(2);
});
