import { readFileSync } from "node:fs";
import { modelOutcomes } from "@culprit/contract";
import { expect, test } from "vitest";
import { confidenceOf } from "../server/src/analysis/autopsy/confidence.ts";
import { contextKinds } from "../server/src/analysis/autopsy/context-part.ts";
import { projectSettings } from "../server/src/domains/access/index.ts";
import { options } from "../server/src/platform/config/options.ts";
import { commands } from "../server/src/surfaces/cli/commands/index.ts";
import { readCorpus } from "./injection/read-corpus.ts";

const page = readFileSync(new URL("../docs/repair.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("## Autopsy"), page.indexOf("## Pull requests"));
const rowsOf = (heading: string): string[] =>
  [
    ...section
      .slice(section.indexOf(`| ${heading} |`))
      .split("\n\n", 1)
      .join("")
      .matchAll(/^\| `(\w+)` \|/gm),
  ].map(([, name = ""]) => name);

test("docs/repair.md names every part of the context in its order, and every outcome of a model", () => {
  expect(rowsOf("Part")).toEqual([...contextKinds]);
  expect(rowsOf("Outcome")).toEqual([...modelOutcomes]);
});

test("every setting, project setting and flag that docs/repair.md names is there", () => {
  const variables = new Set(Object.values(options).map(({ env }) => env));
  const named = [...section.matchAll(/\bAUTOPSY_[A-Z_]+\b(?!\*)/g)].map(([name]) => name);
  for (const name of named.filter((one) => !one.endsWith("_"))) expect(variables).toContain(name);
  expect(Object.keys(projectSettings)).toContain("forbidModel");
  const flags = commands.find(({ name }) => name === "autopsy")?.flags ?? {};
  expect(Object.keys(flags)).toEqual(expect.arrayContaining(["json", "prompt"]));
});

test("the numbers of docs/repair.md are the code's", () => {
  expect(section).toContain(`holds ${readCorpus().length} attacks`);
  for (const [outcome, words] of [
    ["green", "a green proof of a fix or revert"],
    ["red", "red proofs"],
  ] as const) {
    const times = /times [\d.]+/.exec(confidenceOf(0.5, { outcome, kind: "fix" }).reason)?.[0];
    expect(section).toContain(`${words} ${times}`);
  }
});
