import { expect, test } from "vitest";
import { accessOf, agreementOf, literalOf, type Recorded } from "./literal.ts";
import { recorderSource } from "./recorder-source.ts";

const record = new Function(`${recorderSource}; return record;`)() as (value: unknown) => Recorded;

test.each<[string, unknown]>([
  ["objects and lists", { a: 1, "b-c": [true, null, "x"], d: undefined }],
  ["numbers that JSON does not know", [Number.NaN, Number.POSITIVE_INFINITY, -0, 12n]],
  [
    "maps, sets and dates",
    new Map<unknown, unknown>([
      ["k", new Set([1, 2])],
      [2, new Date(5)],
    ]),
  ],
  ["text with quotes, ticks, separators and NUL", '\u2028 "quoted" $' + "{not} `evaluated` \\ \u0000"],
])("a recorded value comes back from its source: %s", (_name, value) => {
  const literal = literalOf(record(value));
  expect(new Function(`return ${literal}`)()).toEqual(value);
});

test("what can't be written as source is said to be opaque, cycles included", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  class Money {}
  for (const value of [() => 1, Symbol("x"), new Money(), cycle, { deep: new Money() }])
    expect(literalOf(record(value))).toBeNull();
});

test("what a project answers can't become code", () => {
  const hostile = { t: "number", v: "process.exit()" } as unknown as Recorded;
  expect(literalOf(hostile)).toBeNull();
  expect(literalOf({ t: "bigint", v: "1n;process.exit()//" })).toBeNull();
  expect(literalOf({ t: "object", v: [["__proto__", record({ polluted: true })]] })).toBeNull();
  expect(new Function(`return ${literalOf({ t: "object", v: [["a:1,b", record(1)]] })}`)()).toEqual({ "a:1,b": 1 });
});

test("equal answers are claimed whole, answers that differ only in the parts that are the same", () => {
  const first = record({ id: "r-1", total: 5, lines: [{ sku: "mug", at: 1 }] });
  expect(agreementOf([first, first])).toEqual({ whole: first });
  const claim = agreementOf([first, record({ id: "r-2", total: 5, lines: [{ sku: "mug", at: 2 }] })]);
  const parts =
    claim !== null && "parts" in claim
      ? claim.parts.map(({ path, value }) => [accessOf("body", path), literalOf(value)])
      : [];
  expect(parts).toEqual([
    ["body.total", "5"],
    ["body.lines[0].sku", '"mug"'],
  ]);
  expect(agreementOf([record("a"), record("b")])).toBeNull();
});
