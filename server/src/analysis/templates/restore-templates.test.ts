import { expect, test } from "vitest";
import { restoreTemplates } from "./restore-templates.ts";
import { createTemplateMiner } from "./template-miner.ts";

const lines = [
  ...["ada", "bob", "cid", "dan", "eve", "fay"].map((name) => `user ${name} logged in from 10.0.0.7`),
  "connection 4711 closed",
  "connection refused by the peer, gave up",
  "GET /cart/17 took 31 ms",
];

/** What a server keeps: each template with the line that made it known. */
function storedOf(miner: ReturnType<typeof createTemplateMiner>) {
  const examples = new Map<string, string>();
  for (const line of lines) {
    const id = miner.mine(line).templateId;
    if (!examples.has(id)) examples.set(id, line);
  }
  return miner.templates().flatMap(({ id, template }) => {
    const example = examples.get(id);
    return example === undefined ? [] : [{ id, template, example }];
  });
}

test("a line with a word that nobody saw before has the template that it had before the restart, and is not new", () => {
  const before = createTemplateMiner();
  const stored = storedOf(before);
  expect(stored.map(({ template }) => template)).toContain("user <*> logged in from <*>");
  const after = createTemplateMiner({ state: restoreTemplates(stored) });
  for (const line of [...lines, "user zoe logged in from 10.9.9.9"]) {
    const known = before.mine(line);
    expect(after.mine(line)).toMatchObject({ templateId: known.templateId, template: known.template, isNew: false });
  }
  // Without its memory the same line is the first of another.
  expect(createTemplateMiner().mine("user zoe logged in from 10.9.9.9").isNew).toBe(true);
});

test("a place that only held numbers takes no word after the restart either", () => {
  const stored = storedOf(createTemplateMiner());
  const after = createTemplateMiner({ state: restoreTemplates(stored) });
  expect(after.mine("connection refused closed").isNew).toBe(true);
  expect(after.mine("connection 12 closed").isNew).toBe(false);
});

test("what does not fit its example is left out", () => {
  expect(restoreTemplates([{ id: "a", template: "other <*>", example: "user ada" }]).templates).toEqual([]);
});
