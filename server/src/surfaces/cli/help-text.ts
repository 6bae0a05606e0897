import { flagName, options } from "../../platform/config/options.ts";
import { nearestName } from "../../platform/names/nearest-name.ts";
import type { Command } from "./command.ts";

/** Commands that belong together, for the help. */
export interface CommandArea {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** What there is, short: a line for each command or group of commands. */
export function overviewText(areas: readonly CommandArea[]): string[] {
  const blocks = areas.map(({ title, commands }) => {
    const groups = Map.groupBy(commands, ({ name }) => name.split(" ")[0] ?? name);
    const rows = [...groups].map(([group, members]): readonly [string, string] => {
      const [only] = members;
      if (only !== undefined && members.length === 1) return [[only.name, ...only.positionals].join(" "), only.summary];
      // A group may be a command itself, as archive is: its words stand first.
      const own = members.find(({ name }) => name === group);
      const others = members.flatMap(({ name }) => (name === group ? [] : [name.slice(group.length + 1)]));
      return own === undefined
        ? [`${group} …`, others.join(", ")]
        : [[group, ...own.positionals].join(" "), `${own.summary} Or: ${others.join(", ")}`];
    });
    return { title, rows };
  });
  const width = Math.max(...blocks.flatMap(({ rows }) => rows.map(([written]) => written.length)));
  return [
    "Culprit: from a production failure to its cause to a proven fix.",
    ...blocks.flatMap(({ title, rows }) => ["", title, ...besideDocs(rows, width)]),
    "",
    "culprit COMMAND --help says more of a command, or of a group such as workflow; culprit help settings lists the settings.",
  ];
}

/** The commands of a group, such as `culprit workflow --help` asks for. */
export function groupText(commands: readonly Command[]): string[] {
  const rows = commands.map((one) => [["culprit", one.name, ...one.positionals].join(" "), one.summary] as const);
  return [...besideDocs(rows), "", "culprit COMMAND --help says more."];
}

/** One command: what it does, its words and its own flags. */
export function commandText({ name, positionals, summary, flags }: Command): string[] {
  const rows = Object.entries(flags).map(
    ([flag, { type, doc }]) => [`--${flag}${type === "string" ? " VALUE" : ""}`, doc] as const,
  );
  return [
    ["culprit", name, ...positionals].join(" "),
    "",
    summary,
    ...(rows.length === 0 ? [] : ["", ...besideDocs(rows)]),
    "",
    "Every command takes the settings as flags, too, such as --data-dir VALUE; culprit help settings lists them.",
  ];
}

/** All settings, as flags. */
export function settingsText(): string[] {
  const rows = Object.entries(options).map(([key, one]) => [`${flagName(key)} VALUE`, one.doc] as const);
  return [
    ...besideDocs(rows),
    ...besideDocs([["--config FILE", "A file with settings; culprit.config.json where it is there."]]),
    "",
    "docs/configuration.md says their variables, values and defaults.",
  ];
}

/** That there is no such command, with the one that was probably meant. */
export function unknownCommandText(argv: readonly string[], commands: readonly Command[]): string {
  const end = argv.findIndex((word) => word.startsWith("-"));
  const words = argv.slice(0, end < 0 ? argv.length : end);
  if (words.length === 0) return `The command comes first; ${argv[0]} is a flag.`;
  const written = JSON.stringify(words.slice(0, 2).join(" "));
  const members = membersOf(words[0] ?? "", commands).map(({ name }) => name);
  if (members.length > 0) return `There is no command ${written}. Say which: ${members.join(", ")}.`;
  const names = commands.map(({ name }) => name);
  const nearest = nearestName(words.slice(0, 2).join(" "), names) ?? nearestName(words[0] ?? "", names);
  return `There is no command ${written}.${nearest === null ? "" : ` Did you mean culprit ${nearest}?`} culprit help lists all.`;
}

/** The commands of a group. */
export function membersOf(group: string, commands: readonly Command[]): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${group} `));
}

/** What is written stands left, as wide as the longest, and what it does beside it. */
function besideDocs(
  rows: readonly (readonly [written: string, doc: string])[],
  width = Math.max(0, ...rows.map(([written]) => written.length)),
): string[] {
  return rows.map(([written, doc]) => `  ${written.padEnd(width)}  ${doc}`);
}
