import { readFileSync } from "node:fs";
import { pullRequestOutcomes, pullRequestSettingsPatchSchema, pullRequestSettingsSchema } from "@culprit/contract";
import { expect, test } from "vitest";
import { areas } from "../server/src/surfaces/cli/commands/index.ts";

const page = readFileSync(new URL("../docs/repair.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("## Pull requests")).split(/\n## (?!Pull requests)/)[0] ?? "";
const cells = (first: string) =>
  (section.split(`| ${first} |`)[1] ?? "")
    .split("\n\n")[0]
    ?.split("\n")
    .slice(2)
    .filter((row) => row.startsWith("|"))
    .map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", ""))) ?? [];

test("docs/repair.md names every setting with its default", () => {
  const named = Object.fromEntries(
    cells("Setting").map(([, name = "", value = ""]) => [name, JSON.parse(value) as unknown]),
  );
  expect(named).toEqual(pullRequestSettingsSchema.parse({}));
});

test("docs/repair.md names every outcome", () => {
  expect(cells("Outcome").map(([, name]) => name)).toEqual([...pullRequestOutcomes]);
});

test("the examples of docs/repair.md are taken as they are written", () => {
  const body = /```json\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
  expect(pullRequestSettingsPatchSchema.parse(JSON.parse(body))).toEqual({
    mode: "auto",
    min_events: 3,
    min_confidence: 0.85,
  });
  const names = areas.flatMap(({ commands }) => commands.map(({ name }) => name));
  const typed = [...section.matchAll(/^culprit (pr(?: show| settings)?) /gm)].map(([, name]) => name ?? "");
  expect(typed).toHaveLength(3);
  expect(names).toEqual(expect.arrayContaining(typed));
});
