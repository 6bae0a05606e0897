import { expect, test } from "vitest";
import { insertStepAfter, removeStep, replaceStep } from "./edit-step-text.ts";

const text = `# who is told
name: tell
steps:
  - id: first   # stays
    uses: notify
    with:
      text: |-
        two
        lines

  # the comment of the second
  - uses: for_each
    id: each
    steps:
      - id: inner
        uses: notify
  - id: "last"
    uses: delay
`;

test("a step is replaced where it stands, and every other line stays as it was, comments included", () => {
  const edited = replaceStep(text, "inner", { id: "inner", uses: "notify", with: { channel: "#ops" } });
  expect(edited).toBe(
    text.replace("        uses: notify\n", '        uses: notify\n        with:\n          channel: "#ops"\n'),
  );
});

test("a step that holds others is found by its own id, not by theirs", () => {
  expect(replaceStep(text, "each", { id: "each", uses: "notify" })).toBe(
    text.replace(
      "  - uses: for_each\n    id: each\n    steps:\n      - id: inner\n        uses: notify\n",
      "  - id: each\n    uses: notify\n",
    ),
  );
});

test("a step is put behind another one and taken away again", () => {
  const longer = insertStepAfter(text, "first", { with: { seconds: 5 }, uses: "delay", id: "wait" });
  expect(longer).toContain(
    "        lines\n  - id: wait\n    uses: delay\n    with:\n      seconds: 5\n\n  # the comment",
  );
  expect(removeStep(longer ?? "", "wait")).toBe(text);
});

test("a text in another style is left alone", () => {
  expect(replaceStep('{"steps": [{"id": "a", "uses": "delay"}]}', "a", { id: "a", uses: "x" })).toBeNull();
  expect(removeStep(text, "missing")).toBeNull();
});
