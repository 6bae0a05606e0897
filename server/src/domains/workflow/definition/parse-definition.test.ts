import type { WorkflowDefinition } from "@culprit/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDefinition, parseDefinitionValue } from "./parse-definition.ts";
import { testActions as actions } from "./test-actions.fixture.ts";

const check = (text: string, others: ReadonlyMap<string, WorkflowDefinition> | null = new Map()) =>
  parseDefinition(text, { actions, others });

/** Every error as `line:column field message`. */
const errorsOf = (text: string, others?: ReadonlyMap<string, WorkflowDefinition>) =>
  check(text, others)
    .problems.filter(({ severity }) => severity === "error")
    .map(({ line, column, field, message }) => `${line}:${column} ${field} ${message}`);

const good = `name: size labels
on:
  pull_request:
    types: [opened, synchronize]
    branches: main
inputs:
  limit: { type: number, default: 500 }
steps:
  - id: size
    uses: label_by_size
    with:
      pull_request: \${{ event.pull_request.number }}
  - id: tell
    if: steps.size.outputs.lines_changed > inputs.limit
    uses: notify
    with:
      to: [slack]
      text: "PR #\${{ event.pull_request.number }} is \${{ steps.size.outputs.size_label }}"
outputs:
  label: \${{ steps.size.outputs.size_label }}
`;

describe("a workflow in YAML", () => {
  test("is read with its defaults, and what is right has no problem", () => {
    const { definition, problems } = check(good);
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({
      name: "size labels",
      status: "active",
      triggers: [{ type: "event", events: ["pull_request.opened", "pull_request.synchronize"], branch: "main" }],
      config: { timeout: 300, retry_policy: { max_attempts: 3, delay: 5, backoff: "exponential" } },
      steps: [{ id: "size" }, { id: "tell" }],
    });
  });

  test("as JSON it is the same", () => {
    const { definition } = check(good);
    expect(check(JSON.stringify(definition)).definition).toEqual(definition);
    expect(parseDefinitionValue(definition, { actions, others: null }).definition).toEqual(definition);
  });

  test.each([
    [
      "an unknown action, with the nearest",
      good.replace("uses: notify", "uses: notifi"),
      "15:11 steps[1].uses There is no action `notifi`; did you mean `notify`?",
    ],
    [
      "a step that isn't there",
      good.replace("steps.size.outputs.lines_changed", "steps.sise.outputs.lines_changed"),
      "14:9 steps[1].if `steps.sise.outputs.lines_changed > inputs.limit`: `steps` has no `sise`; did you mean `size`?",
    ],
    [
      "an output that the action doesn't have",
      good.replace('outputs.size_label }}"', 'outputs.size_lable }}"'),
      "18:13 steps[1].with.text `steps.size.outputs.size_lable`: `steps.size.outputs` has no `size_lable`; did you mean `size_label`?",
    ],
    [
      "an input that the workflow doesn't have",
      good.replace("> inputs.limit", "> inputs.limits"),
      "14:9 steps[1].if `steps.size.outputs.lines_changed > inputs.limits`: `inputs` has no `limits`; did you mean `limit`?",
    ],
    [
      "an input that the action doesn't have",
      good.replace("to: [slack]", "too: [slack]"),
      "17:7 steps[1].with.too There is no input `too`; did you mean `to`?",
    ],
    [
      "a literal of the wrong type",
      good.replace("to: [slack]", "to: 5"),
      "17:11 steps[1].with.to Invalid input: expected array, received number.",
    ],
    [
      "a template that can't be read",
      good.replace("event.pull_request.number }}\n", "event. }}\n"),
      "12:21 steps[0].with.pull_request",
    ],
    ["a template that isn't closed", good.replace('size_label }}"', 'size_label"'), "18:13 steps[1].with.text"],
    ["a condition that can't be read", good.replace("> inputs.limit", ">"), "14:9 steps[1].if"],
    [
      "two steps with one id",
      good.replace("id: tell", "id: size"),
      "13:9 steps[1].id Another step is called `size` already.",
    ],
    [
      "a field that there isn't",
      good.replace("    uses: notify", "    use: notify"),
      "15:5 steps[1].use There is no field `use` here; did you mean `uses`?",
    ],
    [
      "a bad name",
      good.replace("name: size labels", "name: <script>"),
      "1:7 name may hold letters, digits, spaces, dots, underscores and hyphens only.",
    ],
    [
      "a matcher that there isn't",
      good.replace("branches: main", "brunches: main"),
      "5:5 on.pull_request.brunches There is no field `brunches` here.",
    ],
    [
      "a default of another type",
      good.replace("default: 500", "default: many"),
      "7:35 inputs.limit.default The default is of type string, the input of type number.",
    ],
    ["broken YAML", good.replace("outputs:", "\t outputs:"), "19:1"],
  ])("%s is a problem with its line and field", (_, text, problem) => {
    const errors = errorsOf(text);
    expect(
      errors.some((error) => error.startsWith(problem)),
      errors.join("\n"),
    ).toBe(true);
  });

  test("steps see what stands before them: not what follows, nor each other in parallel, nor from outside into for_each", () => {
    const text = (uses: string, read: string) => `name: x
steps:
  - id: outer
    uses: ${uses}
    with: ${uses === "for_each" ? "{ items: '${{ event.list }}' }" : "{}"}
    steps:
      - { id: a, uses: label_by_size }
      - { id: b, uses: label_by_size, if: "steps.a.outputs.lines_changed > 1" }
  - { id: after, uses: label_by_size, if: "${read}" }
  - { id: last, uses: label_by_size }
`;
    expect(errorsOf(text("for_each", "true"))).toEqual([]);
    expect(errorsOf(text("for_each", "steps.a.outputs.lines_changed > 1"))).toHaveLength(1);
    expect(errorsOf(text("for_each", "size(steps.outer.outputs.items) > 1"))).toEqual([]);
    expect(errorsOf(text("for_each", "item == 1"))).toHaveLength(1);
    expect(errorsOf(text("parallel", "steps.a.outputs.lines_changed > 1")).map((error) => error.slice(0, 4))).toEqual([
      "8:43",
    ]);
    expect(errorsOf(text("parallel", "steps.last.outputs.lines_changed > 1"))).toHaveLength(2);
  });

  test("secrets can be named in what a step is given and nowhere else", () => {
    const text = (where: string) => `name: x
steps:
  - id: a
    uses: http_request
    ${where}
`;
    expect(
      errorsOf(text('with: { url: "https://x.test", headers: { authorization: "${{ secrets.TOKEN }}" } }')),
    ).toEqual([]);
    expect(errorsOf(text('if: secrets.TOKEN == "x"\n    with: { url: "https://x.test" }'))[0]).toContain(
      "nothing is named `secrets` here",
    );
  });

  test.each([
    ["61 * * * *", "UTC", "cron"],
    ["* * * * * *", "UTC", "cron"],
    ["0 9 * * 1", "Europe/Berlinn", "timezone"],
  ])("the schedule %s in %s is refused", (cron, timezone, field) => {
    const text = `name: x\non:\n  schedule:\n    - cron: "${cron}"\n      timezone: ${timezone}\nsteps:\n  - { id: a, uses: label_by_size }\n`;
    expect(errorsOf(text)[0]).toMatch(new RegExp(`^${field === "cron" ? 4 : 5}:\\d+ on\\.schedule\\[0\\]\\.${field} `));
  });

  test("shapes of the steps that steer others are checked", () => {
    const text = (step: string) => `name: x\nsteps:\n  - ${step}\n`;
    expect(errorsOf(text("{ id: a, uses: parallel }"))[0]).toContain("needs `steps`");
    expect(
      errorsOf(text("{ id: a, uses: notify, with: {to: [x], text: y}, steps: [{ id: b, uses: label_by_size }] }"))[0],
    ).toContain("Only parallel and for_each");
    expect(errorsOf(text("{ id: a, uses: delay, with: { seconds: soon } }"))[0]).toContain(
      "3:44 steps[0].with.seconds",
    );
    expect(
      errorsOf(
        text(
          "{ id: a, uses: for_each, with: { items: [1], max_parallel: 51 }, steps: [{ id: b, uses: label_by_size }] }",
        ),
      )[0],
    ).toContain("max_parallel");
    expect(errorsOf(text("{ id: a, uses: approval, with: { message: ok?, default: maybe } }"))[0]).toContain("default");
    let nested = "{ id: s0, uses: label_by_size }";
    for (let depth = 1; depth <= 10; depth += 1) nested = `{ id: s${depth}, uses: parallel, steps: [${nested}] }`;
    expect(errorsOf(text(nested))[0]).toContain("more than 10 deep");
  });

  test("workflows that would run each other in a circle are refused, with the circle", () => {
    const calling = (name: string, called: string) =>
      `name: ${name}\nsteps:\n  - { id: go, uses: run_workflow, with: { workflow: ${called} } }\n`;
    const others = new Map(
      [
        ["b", "c"],
        ["c", "a"],
      ].map(([name = "", called = ""]) => [name, check(calling(name, called)).definition] as const),
    ) as ReadonlyMap<string, WorkflowDefinition>;
    expect(errorsOf(calling("a", "b"), others)).toEqual([
      "3:53 steps[0].with.workflow The workflows would run each other without end: a → b → c → a.",
    ]);
    expect(errorsOf(calling("a", "a"), others)[0]).toContain("would run itself");
    expect(errorsOf(calling("d", "e"), others)).toEqual([]);
  });
});

test("inputs of a call are held against those that the called workflow declares", () => {
  const called = check(
    "name: called\non: manual\ninputs:\n  level: { required: true }\n  speed: {}\nsteps:\n  - { id: a, uses: label_by_size }\n",
  );
  const others = new Map([["called", called.definition]]) as ReadonlyMap<string, WorkflowDefinition>;
  const calling = (inputs: string) =>
    errorsOf(
      `name: x\nsteps:\n  - { id: go, uses: run_workflow, with: { workflow: called, inputs: ${inputs} } }\n`,
      others,
    );
  expect(calling("{ level: high }")).toEqual([]);
  expect(calling("{ level: high, sped: 1 }")[0]).toContain("has no input `sped`; did you mean `speed`?");
  expect(calling("{}")[0]).toContain("needs the input `level`");
  expect(calling('"${{ event.all }}"')).toEqual([]);
});

describe("hostile text", () => {
  test.each([
    ["10 MB", `name: x\n${"# filling\n".repeat(1_000_000)}`, "at most 1 MB"],
    [
      "anchors that double",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`).join(",")}]`)
        .join("\n")}\n`,
      "alias",
    ],
    ["100,000 brackets", "[".repeat(100_000), "nested too deeply"],
    ["many levels", `${"{a: ".repeat(60)}1${"}".repeat(60)}`, "nested"],
    ["nothing", "", "There is nothing in it"],
    ["a list", "- a", "It is no map"],
    ["a number", "5", "It is no map"],
    ["two documents", "name: x\n---\nname: y\n", "documents"],
    ["one key twice", "name: x\nname: y\n", "unique"],
  ])("%s is a problem and not a crash", (_, text, words) => {
    // Of the processor, not of the clock: others may be at work on the machine.
    const before = process.cpuUsage();
    const { definition, problems } = check(text);
    const { user, system } = process.cpuUsage(before);
    expect(definition).toBeNull();
    expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join("\n")).toContain(words);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });

  test("a key __proto__ changes nothing but itself", () => {
    const { problems } = check("name: x\n__proto__: { polluted: true }\nsteps:\n  - { id: a, uses: label_by_size }\n");
    expect(problems[0]?.field).toBe("__proto__");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("whatever the text, it is a definition or problems with lines, and nothing is thrown", () => {
    const atoms = [
      "name: x",
      "on:",
      "push",
      "steps:",
      "- ",
      "id: a",
      "uses: parallel",
      "uses: for_each",
      "with:",
      "{",
      "}",
      "[",
      "]",
      "if: ",
      "1 == ",
      "${{",
      "}}",
      "event.x",
      "&a ",
      "*a",
      "!!map",
      "? ",
      "null",
      "triggers:",
      "type: condition",
      "condition: ",
      "$x",
      "\n",
      "\n  ",
      "\n    ",
      ": ",
      "'",
      '"',
      "|",
      "\t",
    ];
    const texts = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.array(fc.constantFrom(...atoms), { maxLength: 40 }).map((parts) => parts.join("")),
      fc.array(fc.constantFrom(...atoms), { maxLength: 12 }).map((parts) => `${good}${parts.join("")}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { definition, problems } = check(text);
        expect(definition !== null || problems.some(({ severity }) => severity === "error")).toBe(true);
        expect(problems.every(({ line }) => line === null || line >= 1)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("whatever the JSON, it is a definition or problems", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const nearly = fc.record(
      {
        name: json,
        on: json,
        triggers: json,
        steps: fc.oneof(
          json,
          fc.array(
            fc.dictionary(fc.constantFrom("id", "uses", "with", "if", "steps", "type", "condition", "action"), json),
          ),
        ),
        inputs: json,
        config: json,
        outputs: json,
        on_failure: json,
        actions: json,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(nearly, (value) => {
        const { definition, problems } = parseDefinitionValue(value, { actions, others: null });
        expect(definition !== null || problems.some(({ severity }) => severity === "error")).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
