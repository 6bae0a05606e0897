import { describe, expect, test } from "vitest";
import { evaluateExpression, parseExpression } from "./evaluate-expression.ts";
import { ExpressionError } from "./expression-error.ts";

const BODY = 900_000;
const event = {
  body: "a".repeat(BODY),
  other: `${"a".repeat(2_000)}b${"a".repeat(2_000)}`,
  digits: "1".repeat(BODY),
  number: 1_700_000_000,
  numbers: Array.from({ length: 900 }, (_, index) => index),
  many: Array.from({ length: 100_000 }, () => 1),
  maps: Array.from({ length: 2_000 }, (_, index) => ({ index })),
  large: { text: "x".repeat(400_000) },
};
const give = (text: string) => evaluateExpression(parseExpression(text), new Map([["event", event]]));

function failing(text: string): { readonly error: ExpressionError; readonly tookMs: number } {
  const startedAtMs = performance.now();
  try {
    give(text);
  } catch (error) {
    if (error instanceof ExpressionError) return { error, tookMs: performance.now() - startedAtMs };
    throw error;
  }
  return expect.unreachable(`${text} was not refused`);
}

describe("what one call would make or do is reckoned before it begins", () => {
  const long = "x".repeat(400);
  test.each([
    [`size(replace(event.body, 'a', '${long}'))`, "`replace` would make 360 MB"],
    ["size(replace(event.body, '', 'bcd'))", "with nothing to look for, between all"],
    ["size(event.body + event.body)", "a sum"],
    ["size(join(event.numbers, event.body))", "a separator"],
    ["size(join(event.numbers.map(n, event.body), ''))", "one text many times"],
    [`size(event.body.split('').join('${long}'))`, "the library's own join"],
    ["size(event.many + event.many)", "a list"],
    ["bytes(event.body).hex() == ''", "two for each byte"],
    ["size(event.numbers.map(n, event.body + event.body)) > 0", "in a map"],
    ["event.numbers.filter(n, size(event.body + event.body) > n) == []", "in a filter"],
    ["cel.bind(a, event.body, size(a + a)) > 0", "under another name"],
    ["default(event.body + event.body, 'x') == ''", "behind a default"],
    ["[event.body].map(a, a + a) == []", "in a list"],
  ])("too large: %s (%s)", (text) => {
    const { error, tookMs } = failing(text);
    expect(error.reason).toContain("too large");
    expect(error.position).toBeGreaterThanOrEqual(0);
    expect(tookMs).toBeLessThan(200);
  });

  test("the refusal names what made it, how large it would be, and the limit", () => {
    const { error } = failing(`size(replace(event.body, 'a', '${long}'))`);
    expect(error.reason).toBe("what replace makes is too large: 360000000 characters, at most 1048576 are allowed");
    expect(error.position).toBe("size(".length);
  });

  test.each([
    ["event.body.contains(event.other)", "too much work"],
    ["event.body.indexOf(event.other) == 1", "too much work"],
    ["event.body.lastIndexOf(event.other) == 1", "too much work"],
    ["size(event.body.split(event.other)) == 1", "too much work"],
    ["contains(event.body, event.other)", "too much work"],
    ["replace(event.body, event.other, '') == ''", "too much work"],
    ["event.other.matches(event.body)", "a pattern of 900000 characters is too long"],
    ["duration(event.digits) == duration('1s')", "a duration of 900000 characters is too long"],
  ])("worse than linear: %s is refused", (text, reason) => {
    const { error, tookMs } = failing(text);
    expect(error.reason).toContain(reason);
    expect(tookMs).toBeLessThan(200);
  });

  test("what people write works on the largest event", () => {
    expect(give("size(replace(event.body, 'a', 'b'))")).toBe(BODY);
    expect(give("event.body.contains('an error that is not there')")).toBe(false);
    expect(give("size(replace(event.body, 'aa', ''))")).toBe(0);
    expect(give("replace('a-b-c', '-', '+')")).toBe("a+b+c");
    expect(give("replace('abc', '', '-')")).toBe("a-b-c");
    expect(give("join(event.numbers, ', ').startsWith('0, 1, 2')")).toBe(true);
    expect(give("duration('1h30m') > duration('1h')")).toBe(true);
    expect(give("'x' + truncate(event.body, 3)")).toBe("xaa…");
    expect(give("size(event.many + [1])")).toBe(100_001);
  });

  test("an item is looked for in time that grows with the list and the item, not with their product", () => {
    const startedAtMs = performance.now();
    expect(give("contains(event.maps, event.large)")).toBe(false);
    expect(performance.now() - startedAtMs).toBeLessThan(200);
    expect(give("contains(event.maps, {'index': 1999})")).toBe(true);
    expect(
      give("contains(event.numbers, 899) && !contains(event.numbers, 900) && !contains(event.numbers, null)"),
    ).toBe(true);
  });
});

describe("an expression that reads much is stopped after its time", () => {
  test.each([
    [`${Array.from({ length: 90 }, () => "size(event.body)").join("+")} > 0`, "reads it 90 times"],
    ["event.many.all(a, !(2 in event.many))", "reads all of it for each item"],
    [
      "event.numbers.all(a, event.numbers.all(a, event.numbers.all(a, event.numbers.all(a, a >= 0))))",
      "loops in loops over one name",
    ],
    [
      "event.numbers.all(n, timestamp(event.number).getHours('Asia/Tokyo') >= 0 && timestamp(int(n)).getHours('Asia/Tokyo') >= 0 && event.numbers.all(m, timestamp(int(m)).getHours('Asia/Tokyo') >= 0))",
      "asks for time zones",
    ],
  ])("%s (%s)", (text) => {
    const { error, tookMs } = failing(text);
    expect(error.reason).toBe("it took longer than 250 ms");
    expect(tookMs).toBeLessThan(1_000);
  });
});
