import { expect, test } from "vitest";
import { sameTroubles, type Trouble } from "./same-trouble.ts";

const trouble = (id: string, service: string, beganAt: number, traces = 0): Trouble => ({
  ...{ id, environment: "production", service, beganAt, traces },
});
const call = (caller: string, callee: string) => ({ environment: "production", caller, callee });
const merges = (...args: Parameters<typeof sameTroubles>) =>
  sameTroubles(...args).map(({ from, into }) => `${from}>${into}`);

test("along failing calls the incident at their end remains, whoever began first", () => {
  const [front, api, database] = [
    trouble("a", "front", 0),
    trouble("b", "api", 10_000),
    trouble("c", "payments", 20_000),
  ];
  const calls = [call("front", "api"), call("api", "payments")];
  const kept = merges([front, api, database], [], calls);
  expect(kept).toHaveLength(2);
  expect(kept.every((one) => one.endsWith(">c") || one.endsWith(">b"))).toBe(true);
  expect(kept.some((one) => one.startsWith("c>"))).toBe(false);
});

test("where both are known of requests those decide, whatever calls fail", () => {
  const pair = [trouble("a", "api", 0, 10), trouble("b", "payments", 1000, 10)];
  const calls = [call("api", "payments")];
  expect(merges(pair, [], calls)).toEqual([]);
  expect(merges(pair, [{ ids: ["a", "b"], shared: 4 }], calls)).toEqual([]);
  expect(merges(pair, [{ ids: ["b", "a"], shared: 5 }], calls)).toEqual(["a>b"]);
});

test("neither the same service, another environment, more than five minutes nor a call that goes well makes one", () => {
  const calls = [call("api", "payments")];
  const payments = trouble("b", "payments", 0);
  expect(merges([trouble("a", "payments", 0), payments], [], calls)).toEqual([]);
  expect(merges([{ ...trouble("a", "api", 0), environment: "staging" }, payments], [], calls)).toEqual([]);
  expect(merges([trouble("a", "api", 301_000), payments], [], calls)).toEqual([]);
  expect(merges([trouble("a", "api", 0), payments], [], [])).toEqual([]);
});
