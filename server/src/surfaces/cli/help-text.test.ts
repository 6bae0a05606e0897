import { expect, test } from "vitest";
import { areas, commands } from "./commands/index.ts";
import { commandText, groupText, membersOf, overviewText, settingsText } from "./help-text.ts";

test("the overview fits a terminal's height, and leads to every command by its name or its group", () => {
  const text = overviewText(areas);
  expect(text.length).toBeLessThanOrEqual(50);
  for (const { name } of commands) {
    const [group = "", ...rest] = name.split(" ");
    const line = text.find((one) => one.startsWith(`  ${group} `));
    expect(line).toContain(rest.length === 0 ? group : rest.join(" "));
  }
});

test("a group that is a command itself shows its own words, and is no command of its group", () => {
  const text = overviewText(areas);
  expect(text.find((one) => one.startsWith("  pr "))).toMatch(
    /^ {2}pr INCIDENT +Ask for a pull request .* Or: show, settings$/,
  );
  expect(text.find((one) => one.startsWith("  archive "))).toMatch(/ Or: restore$/);
});

test("a command's help has its words and flags, and not the settings, which have a page of their own", () => {
  for (const command of commands) {
    const text = commandText(command).join("\n");
    expect(text).toContain(`culprit ${[command.name, ...command.positionals].join(" ")}`);
    for (const flag of Object.keys(command.flags)) expect(text).toContain(`--${flag}`);
    expect(text).not.toContain("--database-url");
  }
  expect(settingsText().join("\n")).toContain("--database-url VALUE");
});

test("a group's help has each of its commands", () => {
  const text = groupText(membersOf("workflow", commands));
  for (const { name } of membersOf("workflow", commands))
    expect(text.some((line) => line.startsWith(`  culprit ${name} `))).toBe(true);
});

test("no command stands twice, and each name is told apart from a group", () => {
  const names = commands.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
