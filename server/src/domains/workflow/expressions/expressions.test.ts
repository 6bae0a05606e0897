import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileCondition } from "./compile-condition.ts";
import { ExpressionError } from "./expression-error.ts";
import { fillTemplates, secretNamesIn } from "./fill-templates.ts";
import type { Scope } from "./scope.ts";

const scope: Scope = {
  event: {
    count: 5,
    ratio: 0.5,
    title: "Cart fails",
    labels: ["bug", "cart"],
    mixed: [1, "a", null],
    nothing: null,
    pull_request: { number: 7, user: { login: "ada" } },
    long: "x".repeat(5000),
  },
  inputs: { threshold: 3 },
  steps: { score: { status: "completed", outputs: { quality_score: 0.8, tags: ["a"] } } },
  workflow: { id: "wf_1", name: "test", version: 1 },
  execution: { id: "exec_1", trigger: "event", url: "http://x/" },
  project: { id: "proj_1", name: "shop" },
  incident: null,
};
const decide = (condition: Parameters<typeof compileCondition>[0], in_ = scope) =>
  compileCondition(condition).evaluate(in_).value;
const fill = (value: unknown, secrets?: Record<string, string>) => fillTemplates(value, scope, secrets);

describe("conditions", () => {
  test.each([
    ["event.count == 5", true],
    ["event.count + 1 > inputs.threshold", true],
    ["event.count % 2 == 1", true],
    ["event.count / 2 == 2.5", true],
    ["event.ratio * event.count < 3", true],
    ["event.title.startsWith('Cart') && !('x' in event.labels)", true],
    ["'a' in event.mixed && event.nothing == null", true],
    ["incident == null || incident.severity == 'high'", true],
    ["steps.score.outputs.quality_score >= 0.7", true],
    ["has(event.missing)", false],
    ["default(event.missing, 4) == 4 && default(event.nothing, 'x') == 'x'", true],
    ["default(event.missing.deeper, true)", true],
    ["contains(event.labels, 'bug') && contains(event.title, 'fails') && contains(event, 'count')", true],
    ["contains(event.mixed, 1)", true],
    ["event.labels.exists(l, l == 'cart')", true],
    ["event.title.matches('^Cart .*s$')", true],
    ["join(event.mixed, '-') == '1-a-'", true],
    ["lower(event.title) == 'cart fails' && truncate(event.title, 5) == 'Cart…'", true],
    ["${{ event.count == 5 }}", true],
  ])("%s is %s", (expression, expected) => {
    expect(decide(expression)).toBe(expected);
    expect(decide({ if: expression })).toBe(expected);
  });

  test.each([
    ["eq", "$event.count", 5, true],
    ["ne", "$event.count", 5, false],
    ["gte", "$quality_score", 0.7, true],
    ["gte", "$steps.score.quality_score", 0.9, false],
    ["lt", "$steps.score.outputs.quality_score", 1, true],
    ["in", "bug", "$event.labels", true],
    ["not_in", "bug", "$event.labels", false],
    ["contains", "$event.title", "fails", true],
    ["gt", "$threshold", 2, true],
  ] as const)("document 3's comparison: %s %s %s is %s", (op, left, right, expected) => {
    expect(decide({ op, left, right })).toBe(expected);
  });

  test("a decision comes with the values it saw, cut to a size that can be stored", () => {
    const { seen } = compileCondition(
      "event.long == 'x' || event.pull_request.user.login == 'ada' || default(event.gone, false)",
    ).evaluate(scope);
    expect(seen["event.pull_request.user.login"]).toBe("ada");
    expect(seen["event.gone"]).toBe("(missing)");
    expect(JSON.stringify(seen).length).toBeLessThan(1000);
    const compared = compileCondition({ op: "gt", left: "$event.count", right: 1 }).evaluate(scope);
    expect(compared.seen).toEqual({ "$event.count": 5 });
  });

  test.each([
    ["foo == 1", "nothing is named `foo`", 0],
    ["event.count == 5 && event.missing > 1", "`event` has no `missing`", 26],
    ["incident.severity == 'high'", "`incident` has no `severity`", 9],
    ["event.count", "it gives 5, a condition gives true or false", 0],
    ["event.title > 5", "no such overload", 0],
    ["1 +", "Unexpected token: the end", 3],
    ["constructor == null", "nothing is named `constructor`", 0],
    ["event.constructor == null", "`event` has no `constructor`", 6],
    ["nonsense(event.count)", "found no matching overload for 'nonsense", 0],
    ["secrets.TOKEN == 'x'", "nothing is named `secrets`", 0],
    ["1 / 0 == 1", "division by zero", 0],
    ["bytes(event.title).json() == {}", "it fails on what it met: Unexpected token", 0],
  ])("%s fails, and says why and where", (expression, reason, position) => {
    try {
      decide(expression);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      expect(error.message).toContain(reason);
      expect(error.message).toContain(expression);
      expect(error.position).toBe(position);
    }
  });

  test("a comparison of what has no order fails, and so does one that names nothing", () => {
    expect(() => decide({ op: "gt", left: "$event.title", right: 1 })).toThrow("a string and a number have no order");
    expect(() => decide({ op: "eq", left: "$nowhere", right: 1 })).toThrow("nothing is named `$nowhere` here");
  });
});

describe("hostile expressions and values", () => {
  const hostile = (event: Record<string, unknown>): Scope => ({ ...scope, event });

  test("a pattern that would run for years is stopped", () => {
    const startedAtMs = performance.now();
    expect(() => decide("event.text.matches('^(a+)+$')", hostile({ text: `${"a".repeat(50)}b` }))).toThrow(
      "longer than",
    );
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
  });

  test("nested loops over long lists are stopped, and the next condition runs as ever", () => {
    const event = { list: Array.from({ length: 20_000 }, (_, index) => index) };
    const loops = "event.list.all(a, event.list.all(b, event.list.all(c, a + b + c >= 0)))";
    expect(() => decide(loops, hostile(event))).toThrow("longer than");
    expect(decide("event.list.all(a, a >= 0)", hostile(event))).toBe(true);
    expect(decide("1 == 1")).toBe(true);
  });

  test("a list that doubles with each step is refused before it runs", () => {
    const doubled = `[[1]]${".map(a, a + a)".repeat(40)}.size() > 0`;
    expect(() => compileCondition(doubled)).toThrow("could grow without bounds");
    const bound = `${"cel.bind(a, [1], ".repeat(1)}${"cel.bind(a, a + a, ".repeat(40)}a.size() > 1${")".repeat(41)}`;
    expect(() => compileCondition(bound)).toThrow(ExpressionError);
  });

  test("an expression of more than 10,000 characters is refused", () => {
    expect(() => compileCondition(`1 == 1${" || 1 == 1".repeat(2000)}`)).toThrow("at most 10000");
  });

  test("keys that name parts of JavaScript are keys and nothing else", () => {
    const event = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": 1}, "toString": "x"}');
    expect(decide("has(event.isAdmin)", hostile(event))).toBe(false);
    const filled = fillTemplates({ all: "${{ event }}", made: "${{ {'__proto__': event} }}" }, hostile(event));
    expect(JSON.stringify(filled)).toContain('"__proto__":{"isAdmin":true}');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect((filled as { all: { isAdmin?: boolean } }).all.isAdmin).toBeUndefined();
  });

  test("whatever the text, it is a decision or an ExpressionError, within its time", () => {
    const atoms = [
      "event",
      ".",
      "count",
      "labels",
      "[",
      "]",
      "(",
      ")",
      "0",
      "1.5",
      "'a'",
      "+",
      "==",
      "&&",
      "in",
      "map",
      "x",
      ",",
      "!",
      "?",
      ":",
      "{",
      "}",
      "$",
      "has",
      "default",
      "-",
      "%",
      "null",
      "\n",
      "\\",
      "é",
    ];
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(fc.constantFrom(...atoms), { maxLength: 25 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(typeof decide(text)).toBe("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("templates", () => {
  test("a whole template keeps its type, one inside a text becomes text, and keys stay", () => {
    expect(
      fill({
        number: "${{ event.pull_request.number }}",
        sum: "${{ size(event.labels) + 1 }}",
        list: "${{ event.labels }}",
        text:
          "PR #$" +
          "{{ event.pull_request.number }} by $" +
          "{{ event.pull_request.user.login }}: $" +
          "{{ event.labels }}",
        none: "<$" + "{{ event.nothing }}>",
        nested: [{ deep: "${{ event.ratio }}" }, 3, true, null],
        $: "plain",
      }),
    ).toEqual({
      number: 7,
      sum: 3,
      list: ["bug", "cart"],
      text: 'PR #7 by ada: ["bug","cart"]',
      none: "<>",
      nested: [{ deep: 0.5 }, 3, true, null],
      $: "plain",
    });
  });

  test("braces in texts and maps don't close a template, and a doubled dollar is none", () => {
    expect(fill("${{ {'a': {'b': '}}'}} }}")).toEqual({ a: { b: "}}" } });
    expect(fill("echo $$" + "{{ not.a.template }}")).toBe("echo $" + "{{ not.a.template }}");
  });

  test("secrets are there when they are given, and then only those", () => {
    const value = { headers: { authorization: "Bearer $" + "{{ secrets.TOKEN }}" } };
    expect(fill(value, { TOKEN: "t0p" })).toEqual({ headers: { authorization: "Bearer t0p" } });
    expect(() => fill(value, {})).toThrow("`secrets` has no `TOKEN`");
    expect(() => fill(value)).toThrow("nothing is named `secrets` here");
    expect(secretNamesIn([value, "${{ default(secrets.B, '') }}", "secrets.C"])).toEqual(["B", "TOKEN"]);
  });

  test("what was filled in is never read as a template again", () => {
    const event = { body: "${{ secrets.TOKEN }}" };
    expect(fillTemplates("${{ event.body }}!", { ...scope, event }, { TOKEN: "t0p" })).toBe(`${event.body}!`);
  });

  test("a template that isn't closed says so", () => {
    expect(() => fill("a $" + "{{ event.count")).toThrow("not closed");
  });

  test("a result without end is refused", () => {
    const event = { text: "x".repeat(3_000_000) };
    expect(() => fillTemplates(["${{ event.text + event.text }}"], { ...scope, event })).toThrow("too large");
  });

  test("JSON without templates comes back as it went in", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes("{{"));
        expect(fill(value)).toEqual(value);
      }),
    );
  });

  test("JSON of an event comes out of a template as it went in", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // As text, because -0 and 0 are one number of JSON.
        const filled = fillTemplates("${{ event.value }}", { ...scope, event: { value } });
        expect(JSON.stringify(filled)).toBe(JSON.stringify(value));
      }),
    );
  });
});
