import fc from "fast-check";
import { expect, test } from "vitest";
import { createTemplateMiner } from "./template-miner.ts";

const users = ["root", "cyrus", "news", "test", "mysql", "git", "ftp", "www"];

test("lines that differ in values have one template, and its id does not change", () => {
  const miner = createTemplateMiner();
  const ids = [1, 22, 333].map((number) => miner.mine(`order ${number} paid after ${number}ms`).templateId);
  expect(new Set(ids).size).toBe(1);
  expect(miner.templates()).toEqual([{ id: ids[0], template: "order <*> paid after <*>", count: 3 }]);
});

test("two miners that never met give a text the same id", () => {
  const [a, b] = [createTemplateMiner(), createTemplateMiner()];
  b.mine("something else");
  expect(a.mine("order 1 paid").templateId).toBe(b.mine("order 2 paid").templateId);
});

test("a word that takes many values becomes one, under the id of the oldest sibling, and former ids lead there", () => {
  const miner = createTemplateMiner();
  const ids = users.map((user) => miner.mine(`Failed password for ${user} from 10.0.0.1 port 22 now`).templateId);
  expect(new Set(ids.map((id) => miner.resolve(id)))).toEqual(new Set([ids[0]]));
  expect(miner.templates()).toEqual([
    { id: ids[0], template: "Failed password for <*> from <*> port <*> now", count: users.length },
  ]);
  expect(miner.mine("Failed password for somebody from 10.0.0.1 port 22 now").isNew).toBe(false);
});

test("few different words, and states in capitals, stay what they are", () => {
  const miner = createTemplateMiner();
  for (const word of ["Started", "Paused", "Resumed", "Stopped"]) miner.mine(`VM ${word} (Lifecycle Event)`);
  for (const state of ["NEW", "SCHEDULED", "RUNNING", "KILLED", "DONE", "FAILED"])
    miner.mine(`task moved on to ${state} now`);
  expect(miner.templates()).toHaveLength(10);
});

test("what only shares its punctuation is never one", () => {
  const miner = createTemplateMiner();
  const lines = [
    "reading config file now",
    "cache warmed up fully",
    "peer has gone away",
    "disk almost full here",
    "queue drained at last",
  ];
  for (const line of lines) miner.mine(line);
  expect(miner.templates()).toHaveLength(lines.length);
});

test("memory is bounded: the rarest give way, and the frequent stay", () => {
  const miner = createTemplateMiner({ templatesMax: 20 });
  const kept = miner.mine("the one that always comes").templateId;
  for (let at = 0; at < 500; at++) {
    miner.mine("the one that always comes");
    miner.mine(`${"x:".repeat(at % 90)} rare ${"y;".repeat(at % 70)}`);
  }
  const found = miner.templates();
  expect(found.length).toBeLessThanOrEqual(21);
  expect(found[0]).toMatchObject({ id: kept, count: 501 });
  expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(1_001);
  expect(miner.state().aliases.length).toBeLessThanOrEqual(8 * 20);
});

test("a miner that goes on from its state says what the first one would have said", () => {
  const word = fc.constantFrom("user", "login", "root", "ann", "bob", "eve", "kim", "joe", "7", "a=b", "[x]", "FAILED");
  const line = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 80 }), fc.array(line, { maxLength: 80 }), (before, after) => {
      const first = createTemplateMiner({ templatesMax: 30 });
      for (const text of before) first.mine(text);
      const second = createTemplateMiner({ templatesMax: 30, state: JSON.parse(JSON.stringify(first.state())) });
      for (const text of after) expect(second.mine(text).templateId).toBe(first.mine(text).templateId);
      expect(second.templates()).toEqual(first.templates());
    }),
  );
});
