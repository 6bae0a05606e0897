import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDefinition, parseDefinitionValue } from "./parse-definition.ts";
import { toRows } from "./rows.ts";
import { testActions as actions } from "./test-actions.fixture.ts";
import { isSameDefinition, toYaml } from "./to-yaml.ts";

const read = (text: string) => parseDefinition(text, { actions, others: new Map() });
const errors = (text: string) =>
  read(text)
    .problems.filter(({ severity }) => severity === "error")
    .map(({ line, message }) => `${line} ${message}`);

describe("triggers as GitHub writes them", () => {
  test.each([
    ["on: push", [{ type: "event", events: ["push"] }]],
    [
      "on: [push, manual, webhook]",
      [{ type: "event", events: ["push"] }, { type: "manual" }, { type: "webhook", replay_window: 300 }],
    ],
    [
      "on: pull_request",
      [{ type: "event", events: ["pull_request.opened", "pull_request.synchronize", "pull_request.reopened"] }],
    ],
    [
      "on: { issues: { types: labeled, labels: [bug] } }",
      [{ type: "event", events: ["issues.labeled"], label: ["bug"] }],
    ],
    [
      "on: { incident.opened: { severity: [critical], if: 'event.count > 1' }, schedule: [{ cron: '0 9 * * 1' }] }",
      [
        { type: "event", events: ["incident.opened"], severity: ["critical"], if: "event.count > 1" },
        { type: "schedule", cron: "0 9 * * 1", timezone: "UTC", missed: "run_once" },
      ],
    ],
  ])("%s", (on, triggers) => {
    const { definition, problems } = read(`name: x\n${on}\nsteps:\n  - { id: a, uses: label_by_size }\n`);
    expect(problems).toEqual([]);
    expect(definition?.triggers).toEqual(triggers);
  });

  test("workflow_dispatch brings its inputs", () => {
    const text =
      "name: x\non:\n  workflow_dispatch:\n    inputs:\n      level: { type: choice, options: [a, b], default: a }\nsteps:\n  - { id: a, uses: label_by_size, if: inputs.level == 'a' }\n";
    expect(errors(text)).toEqual([]);
    expect(read(text).definition?.inputs.level).toMatchObject({ type: "string", options: ["a", "b"], default: "a" });
  });
});

describe("the formats of system 3's files", () => {
  test("the engine's: actions with inputs, delays, and conditions that hold for what follows", () => {
    const { definition, problems } = read(`name: gate
description: as upstream
version: 1.0.0
triggers: { events: [pull_request.opened] }
steps:
  - { name: s1, type: action, action: label_by_size, inputs: {}, continue_on_error: true }
  - { name: s2, type: condition, condition: { op: gte, left: "$steps.s1.lines_changed", right: 10 } }
  - { name: s3, type: parallel, steps: [ { name: inner, type: action, action: label_by_size } ] }
  - { name: s4, type: delay, seconds: 5, condition: "event.draft == false" }
`);
    expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
      ["warning", "Culprit counts the versions of a workflow itself, so `version` is left out."],
    ]);
    expect(definition?.triggers).toEqual([{ type: "event", events: ["pull_request.opened"] }]);
    expect(definition?.steps).toEqual([
      { id: "s1", name: "s1", uses: "label_by_size", with: {}, continue_on_error: true },
      {
        id: "s3",
        name: "s3",
        uses: "parallel",
        if: { op: "gte", left: "$steps.s1.lines_changed", right: 10 },
        steps: [{ id: "inner", name: "inner", uses: "label_by_size" }],
      },
      {
        id: "s4",
        name: "s4",
        uses: "delay",
        with: { seconds: 5 },
        if: "(steps.s1.outputs.lines_changed >= 10) && (event.draft == false)",
      },
    ]);
  });

  test("the short one: a workflow under its name, with names that are parts of the event", () => {
    const { definition, problems } = read(`size_labeler:
  inputs: [pull_request]
  steps:
    - id: size
      action: label_by_size
      inputs: { pull_request: "{{ pull_request.number }}" }
    - id: tell
      action: notify
      inputs: { to: [slack], text: "{{ steps.size.outputs.size_label }} {{ pull_request.title | truncate(60) | default('x') }}" }
`);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(definition).toMatchObject({
      name: "size_labeler",
      steps: [
        { with: { pull_request: "${{ event.pull_request.number }}" } },
        {
          with: {
            text: "${{ steps.size.outputs.size_label }} ${{ default(truncate(event.pull_request.title, 60), 'x') }}",
          },
        },
      ],
    });
  });

  test("the templated one: events of its own names, and when", () => {
    const { definition, problems } = read(`name: comments
triggers:
  - on: pr_comment_created
steps:
  - name: size
    action: label_by_size
    when: "{{ event.comment.body.contains('x') == true }}"
`);
    expect(problems).toEqual([]);
    expect(definition?.triggers).toEqual([{ type: "event", events: ["issue_comment.created"], on: "pull_request" }]);
    expect(definition?.steps[0]).toMatchObject({ id: "size", if: "event.comment.body.contains('x') == true" });
  });

  test("the one like GitHub's: events of a kind, conditions, outputs with a value", () => {
    const { definition, problems } = read(`name: like github
triggers:
  - on: pull_request
    events: [opened, synchronize]
inputs:
  depth: { type: number, default: 1, description: how deep }
steps:
  - name: Check the size
    id: size
    uses: label_by_size
    condition: inputs.depth > 0
outputs:
  label: { description: the label, value: "\${{ steps.size.outputs.size_label }}" }
`);
    expect(problems.map(({ severity }) => severity)).toEqual(["warning"]);
    expect(definition).toMatchObject({
      triggers: [{ events: ["pull_request.opened", "pull_request.synchronize"] }],
      steps: [{ id: "size", if: "inputs.depth > 0" }],
      outputs: { label: "${{ steps.size.outputs.size_label }}" },
    });
  });

  test.each([
    [
      "{ type: label, label_substring: summarize, on_pull_request: true }",
      { events: ["pull_request.labeled"], label_substring: "summarize", on: "pull_request" },
    ],
    ["{ type: push, branch: main }", { events: ["push"], branch: "main" }],
    [
      "{ type: comment, body_substring: /scaffold, on_issue: true }",
      {
        events: ["issue_comment.created", "pull_request_review_comment.created"],
        body_substring: "/scaffold",
        on: "issue",
      },
    ],
    ["{ type: tag }", { events: ["create"], if: "event.ref_type == 'tag'" }],
    ["{ type: assign, on_issue: true }", { events: ["issues.assigned"], on: "issue" }],
  ])("the trigger %s", (trigger, expected) => {
    const { definition, problems } = read(
      `name: x\ntriggers: [${trigger}]\nsteps:\n  - { id: a, uses: label_by_size }\n`,
    );
    expect(problems).toEqual([]);
    expect(definition?.triggers).toEqual([{ type: "event", ...expected }]);
  });

  test.each([
    [
      "a condition that was code",
      "name: x\nsteps:\n  - { name: c, type: condition, condition: '{quality_score} > 0.7' }\n  - { id: a, uses: label_by_size }\n",
      "3 `{quality_score}` was pasted into code elsewhere. Name the value: steps.ID.outputs.quality_score, inputs.quality_score or event.quality_score.",
    ],
    [
      "a renamed output",
      "name: x\nsteps:\n  - { id: a, action: label_by_size, outputs: { s: size_label } }\n",
      "3 A step's outputs are those of its action: read them as steps.ID.outputs.NAME.",
    ],
    [
      "conditions of the whole",
      "name: x\nconditions: { pr_state: open }\nsteps:\n  - { id: a, uses: label_by_size }\n",
      "2 Conditions of the whole workflow stand in its trigger: `if: event.state == 'open'`, or in the `if` of a step.",
    ],
    [
      "a repository's configuration",
      "version: 1\nworkflows:\n  - { name: x }\n",
      "2 This configures a repository. Give each workflow its own file in .culprit/workflows/, with its name, triggers and steps.",
    ],
    [
      "a trigger that starts another",
      "name: x\ntriggers: [{ type: push, run: other }]\nsteps:\n  - { id: a, uses: label_by_size }\n",
      "2 A trigger starts the workflow it stands in; `run` names another. Put it there.",
    ],
    [
      "two conditions of which one names nobody",
      "name: x\nsteps:\n  - { name: c, type: condition, condition: { op: gt, left: $score, right: 1 } }\n  - { id: a, uses: label_by_size, if: 'true' }\n",
      "4 Several conditions hold here, and one of them names a value without saying whose ($name). Write them as one expression: steps.ID.outputs.NAME > 1 && …",
    ],
  ])("%s is refused, with what to write instead", (_, text, message) => {
    expect(errors(text)).toContain(message);
  });
});

describe("there and back", () => {
  const text = `name: there and back
description: "of:\\n  many # lines"
triggers:
  - { type: event, events: [incident.opened], severity: [critical, high] }
  - { type: schedule, cron: "0 9 * * 1", timezone: Europe/Berlin, missed: skip, inputs: { level: a } }
inputs:
  level: { required: true, options: [a, b] }
config:
  max_concurrent_executions: 5
  retry_policy: { max_attempts: 5 }
  notifications: { on_failure: [slack, pagerduty] }
steps:
  - id: all
    uses: for_each
    with: { items: "\${{ event.list }}", as: one, max_parallel: 3 }
    steps:
      - { id: tell, uses: notify, with: { to: [slack], text: "\${{ one }}" }, retry_policy: { delay: 1 }, timeout: 10 }
  - { id: after, name: After all, uses: label_by_size, if: { op: eq, left: $level, right: a }, continue_on_error: true }
on_failure:
  - { id: cry, uses: notify, with: { to: [slack], text: "\${{ failure.reason }}" } }
outputs:
  count: \${{ size(steps.all.outputs.items) }}
`;

  test("a definition written as a file is read as the same, without defaults in it", () => {
    const { definition, problems } = read(text);
    expect(problems).toEqual([]);
    if (definition === null) return expect.unreachable();
    const yaml = toYaml(definition);
    expect(yaml).not.toContain("backoff");
    expect(yaml).not.toContain("timeout: 300");
    expect(read(yaml).definition).toEqual(definition);
  });

  test("as rows of document 3 it is the same but for what the rows don't hold", () => {
    const { definition } = read(text);
    if (definition === null) return expect.unreachable();
    const { actions: rows, triggers } = toRows(definition);
    expect(rows[0]).toMatchObject({ action_type: "for_each", action_name: "all", step_id: "all", order_index: 0 });
    const { name, description, config, inputs, on_failure, outputs } = definition;
    const again = parseDefinitionValue(
      JSON.parse(
        JSON.stringify({
          name,
          description,
          config,
          inputs,
          on_failure,
          outputs,
          actions: [...rows].reverse(),
          triggers,
        }),
      ),
      { actions, others: null },
    );
    expect(again.problems).toEqual([]);
    expect(again.definition?.triggers).toEqual(definition.triggers);
    expect(again.definition?.steps.map(({ id, uses, with: given }) => [id, uses, given])).toEqual(
      definition.steps.map(({ id, uses, with: given }) => [id, uses, given ?? {}]),
    );
  });

  test("document 3's own rows are read", () => {
    const { definition, problems } = parseDefinitionValue(
      {
        name: "PR Quality Check",
        config: { max_concurrent_executions: 5, timeout: 300, retry_policy: { max_attempts: 3, delay: 5 } },
        actions: [
          {
            action_type: "label_by_size",
            action_name: "Size",
            config: {},
            order_index: 0,
            conditions: { op: "eq", left: "$event.draft", right: false },
          },
        ],
        triggers: [{ trigger_type: "event", conditions: { event: "pull_request.opened" } }],
      },
      { actions, others: null },
    );
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({
      triggers: [{ events: ["pull_request.opened"] }],
      steps: [{ id: "Size", name: "Size" }],
    });
  });

  test("whatever texts and numbers stand in a step, the file gives them back", () => {
    const base = read(text).definition;
    if (base === null) return expect.unreachable();
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
        (given) => {
          const plain = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
          fc.pre(!JSON.stringify(plain).includes("{{") && !("__proto__" in plain && Object.hasOwn(plain, "__proto__")));
          const definition = { ...base, steps: [{ id: "a", uses: "label_by_size", with: plain }], outputs: {} };
          const again = read(toYaml(definition)).definition;
          if (Object.keys(plain).length > 0) expect(again?.steps[0]?.with).toEqual(plain);
          expect(again === null || Object.keys(plain).length === 0 || isSameDefinition(again, definition)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
