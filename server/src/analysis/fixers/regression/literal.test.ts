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

function claimed(...values: readonly unknown[]): (readonly [string, string | null])[] {
  const claim = agreementOf(values.map((value) => record(value)));
  if (claim === null) return [];
  if ("whole" in claim) return [["body", literalOf(claim.whole)]];
  return claim.parts.map(({ path, value }) => [accessOf("body", path), literalOf(value)]);
}

test("equal answers are claimed field by field, so that a field more is no breach", () => {
  const answer = { id: "r-1", tags: ["a", "b"], lines: [{ sku: "mug" }], empty: {} };
  expect(claimed(answer, answer)).toEqual([
    ["body.id", '"r-1"'],
    ["body.tags", '["a", "b"]'],
    ["body.lines.length", "1"],
    ["body.lines[0].sku", '"mug"'],
    ["body.empty", "{}"],
  ]);
  expect(claimed("a", "a")).toEqual([["body", '"a"']]);
  expect(claimed([], [])).toEqual([["body", "[]"]]);
});

test("of answers that differ, what is the same is claimed", () => {
  const first = { id: "r-1", total: 5, lines: [{ sku: "mug", at: 1 }] };
  expect(claimed(first, { id: "r-2", total: 5, lines: [{ sku: "mug", at: 2 }] })).toEqual([
    ["body.total", "5"],
    ["body.lines.length", "1"],
    ["body.lines[0].sku", '"mug"'],
  ]);
  expect(agreementOf([record("a"), record("b")])).toBeNull();
});
