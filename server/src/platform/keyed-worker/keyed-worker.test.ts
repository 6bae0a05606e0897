import { expect, test, vi } from "vitest";
import { createLog } from "../log/log.ts";
import { type KeyedWork, KeyedWorker } from "./keyed-worker.ts";

/** A worker whose work ends when the test says so, and the notifications that reach it. */
function workerOf(parts: Partial<KeyedWork> = {}) {
  const begun: { key: string; end: (error?: Error) => void }[] = [];
  let tell: (key: string) => void = () => undefined;
  let listeners = 0;
  const database = {
    listen: async (_channel: string, handler: (payload: string) => void) => {
      tell = handler;
      listeners += 1;
      return async () => {
        listeners -= 1;
      };
    },
  };
  const worker = new KeyedWorker(
    { database, log: createLog("silent") },
    {
      ...{ channel: "c", what: "things", atOnce: 2, findKeys: async () => [] },
      work: (key) =>
        new Promise<void>((resolve, reject) => {
          begun.push({ key, end: (error) => (error === undefined ? resolve() : reject(error)) });
        }),
      ...parts,
    },
  );
  return {
    worker,
    begun,
    keys: () => begun.map(({ key }) => key),
    tell: (key: string) => tell(key),
    listeners: () => listeners,
  };
}

test("a key that is told of while it is worked on is looked at once more, however often it was told of", async () => {
  const { worker, begun, keys, tell } = workerOf();
  await worker.start();
  tell("a");
  tell("a");
  tell("a");
  expect(keys()).toEqual(["a"]);
  begun[0]?.end();
  await vi.waitFor(() => expect(keys()).toEqual(["a", "a"]));
  begun[1]?.end();
  await worker.stop();
  expect(keys()).toEqual(["a", "a"]);
});

test("no more keys than allowed are worked on at once, and the others take their turn in order", async () => {
  const { worker, begun, keys } = workerOf();
  for (const key of ["a", "b", "c", "d"]) worker.wake(key);
  expect(keys()).toEqual(["a", "b"]);
  begun[1]?.end();
  await vi.waitFor(() => expect(keys()).toEqual(["a", "b", "c"]));
  for (const one of begun) one.end();
  await vi.waitFor(() => expect(keys()).toEqual(["a", "b", "c", "d"]));
  begun[3]?.end();
  await worker.stop();
});

test("what was never told of is found by looking, and work that failed is begun again by the next look", async () => {
  const { worker, begun, keys } = workerOf({ findKeys: async () => ["a"] });
  await worker.start();
  expect(keys()).toEqual(["a"]);
  begun[0]?.end(new Error("away"));
  await vi.waitFor(async () => {
    await worker.sweep();
    expect(keys()).toEqual(["a", "a"]);
  });
  begun[1]?.end();
  await worker.stop();
});

test("a stop waits for what is under way, tells it so, and takes up nothing more", async () => {
  const signals: AbortSignal[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const { worker, listeners } = workerOf({
    atOnce: 1,
    work: (_key, signal) => {
      signals.push(signal);
      return promise;
    },
  });
  await worker.start();
  worker.wake("a");
  worker.wake("b");
  let isStopped = false;
  const stopped = worker.stop().then(() => {
    isStopped = true;
  });
  worker.wake("c");
  await Promise.resolve();
  expect({ isStopped, told: signals.map(({ aborted }) => aborted) }).toEqual({ isStopped: false, told: [true] });
  resolve();
  await stopped;
  expect(signals).toHaveLength(1);
  expect(listeners()).toBe(0);
});

test("a look that fails is no end: the next one works", async () => {
  let looks = 0;
  const { worker, keys, begun } = workerOf({
    findKeys: async () => {
      looks += 1;
      if (looks === 1) throw new Error("away");
      return ["a"];
    },
  });
  await worker.start();
  await worker.sweep();
  expect(keys()).toEqual(["a"]);
  begun[0]?.end();
  await worker.stop();
});
