import {
  caseChangeSchema,
  caseCommitSchema,
  caseComponentSchema,
  caseFileSchema,
  caseLogSchema,
  caseSpanSchema,
} from "@culprit/contract";
import { expect, test } from "vitest";
import { generateScenario } from "./generate-scenario.ts";
import { kinds } from "./kinds/index.ts";

const kindOf = (name: string) => {
  const kind = kinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
};

test("the same kind, seed and anchor give the same files byte for byte, another seed gives others", () => {
  const kind = kindOf("release-errors");
  const [first, again, other] = [generateScenario(kind, 3), generateScenario(kind, 3), generateScenario(kind, 4)];
  expect([...again.files]).toEqual([...first.files]);
  expect(again.truth).toEqual(first.truth);
  expect(other.files.get("metrics.csv")).not.toBe(first.files.get("metrics.csv"));
  const later = generateScenario(kind, 3, { anchorMs: Date.parse("2026-06-01T00:00:00Z") });
  expect(later.folder).toBe(first.folder);
  expect(later.files.get("case.json")).not.toBe(first.files.get("case.json"));
});

test("every file of a case keeps to the schema of its format", () => {
  for (const name of ["release-memory-leak", "degraded-only-traces", "healthy-benign-setting", "migration-lock"]) {
    const { files } = generateScenario(kindOf(name), 2);
    const json = (file: string): unknown => JSON.parse(files.get(file) ?? "null");
    const lines = (file: string) =>
      (files.get(file) ?? "").split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
    caseFileSchema.parse(json("case.json"));
    caseComponentSchema.array().min(8).parse(json("components.json"));
    caseChangeSchema.array().parse(json("changes.json"));
    caseCommitSchema.array().parse(json("commits.json"));
    for (const line of lines("logs.ndjson")) caseLogSchema.parse(line);
    for (const line of lines("spans.ndjson")) caseSpanSchema.parse(line);
    expect(files.size).toBeGreaterThanOrEqual(5);
  }
});

test("nothing in a case's files names the kind, the truth or the generator's words", () => {
  for (const kind of kinds) {
    const { files, folder, truth } = generateScenario(kind, 5, { wishes: { services: [8, 9] } });
    const text = [folder, ...[...files].flatMap(([name, body]) => (name === "metrics.csv" ? [] : [body]))].join("\n");
    for (const word of [
      "guilty",
      "herring",
      "healthy-",
      "degraded",
      "faulty",
      kind.name.length > 12 ? kind.name : "\0",
    ])
      expect(text.includes(word), `${kind.name}: "${word}"`).toBe(false);
    for (const cause of truth.causes)
      if (cause.component !== null) expect(files.get("components.json")).toContain(`"${cause.component}"`);
  }
});

test("there are at least 30 kinds, and ten seeds of each give at least 60 healthy or red-herring runs", () => {
  expect(kinds.length).toBeGreaterThanOrEqual(30);
  expect(new Set(kinds.map((kind) => kind.name)).size).toBe(kinds.length);
  expect(
    10 * kinds.filter((kind) => kind.group === "healthy" || kind.group === "red_herring").length,
  ).toBeGreaterThanOrEqual(60);
});

test("a world that has no place for a fault is drawn anew", () => {
  const kind = kinds.find(({ name }) => name === "secret-rotation");
  if (kind === undefined) throw new Error("no such kind");
  const { truth } = generateScenario(kind, 350);
  expect(truth.causes).toHaveLength(1);
});
