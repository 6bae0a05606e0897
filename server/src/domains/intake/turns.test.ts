import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("every caller gets its turn, in the order of asking", async () => {
  const turns = new Turns();
  const order: number[] = [];
  await Promise.all(Array.from({ length: 50 }, (_, i) => turns.next().then(() => order.push(i))));
  expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test("between slices of long work the event loop is free for others", async () => {
  const turns = new Turns();
  let isLast = false;
  let breaths = 0;
  const breathe = () => {
    breaths += 1;
    if (!isLast) setImmediate(breathe);
  };
  setImmediate(breathe);
  const work = async () => {
    await turns.next();
    const until = performance.now() + 3;
    while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: 20 }, work));
  isLast = true;
  expect(breaths).toBeGreaterThan(5);
});
