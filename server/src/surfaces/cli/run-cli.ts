import { parseArgs } from "node:util";
import { errorCodes } from "@culprit/contract";
import { ZodError } from "zod";
import { loadConfig } from "../../platform/config/load-config.ts";
import { type Config, flagName, type OptionKey, options } from "../../platform/config/options.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { nearestName } from "../../platform/names/nearest-name.ts";
import { asTyped, calledAs } from "./as-typed.ts";
import type { Command, CommandContext } from "./command.ts";
import { explainWrongInput } from "./explain-wrong-input.ts";
import {
  type CommandArea,
  commandText,
  groupText,
  membersOf,
  overviewText,
  settingsText,
  unknownCommandText,
} from "./help-text.ts";
import { visibleLine, visibleText } from "./visible-line.ts";

export interface CliDeps {
  readonly areas: readonly CommandArea[];
  /** The file that was run. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Makes a command's context, and what closes it. */
  compose(config: Config, command: Command): { readonly ctx: CommandContext; close(): Promise<void> };
}

const SETTINGS_FILE = "culprit.config.json";

/** Runs one command line. Answers go to standard output, all else to standard error. @returns the exit code: 0 done, 1 failed, 2 not understood. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const commands = deps.areas.flatMap((area) => area.commands);
  const called = calledAs(deps.script, deps.env);
  const firstWords = new Set(commands.map(({ name }) => name.split(" ")[0] ?? name));
  const typed = (text: string) => asTyped(text, called, firstWords);
  const command = findCommand(argv, commands);
  if (command === null || isAskingHelp(argv)) {
    const { lines, code } = help(argv, deps, commands, command);
    (code === 0 ? process.stdout : process.stderr).write(typed(`${lines.join("\n")}\n`));
    return code;
  }
  try {
    const { flags, words, settings, configPath } = readArguments(argv.slice(command.name.split(" ").length), command);
    const file = { path: configPath ?? SETTINGS_FILE, isRequired: configPath !== undefined };
    // A command that answers once logs what went wrong; a server tells what it does.
    const defaults = command.name === "start" ? {} : { logLevel: "warn" };
    const config = loadConfig({ flags: settings, env: deps.env, file, defaults });
    const { ctx, close } = deps.compose(config, command);
    try {
      return await command.run(harmless(ctx, typed), { flags, words });
    } catch (thrown) {
      throw thrown instanceof ZodError ? explainWrongInput(thrown, command, { flags, words }) : thrown;
    } finally {
      await close();
    }
  } catch (thrown) {
    const { text, code } = explain(thrown);
    process.stderr.write(`culprit: ${visibleText(typed(text))}\n`);
    return code;
  }
}

/** The one place through which all that commands print passes on its way to the terminal: much of it came from files and from production. */
function harmless(ctx: CommandContext, typed: (text: string) => string): CommandContext {
  return {
    ...ctx,
    say: (line) => ctx.say(visibleText(typed(line))),
    print: (line) => ctx.print(typeof line === "string" ? visibleLine(line) : line.map(visibleLine).join("\n")),
  };
}

function findCommand(argv: readonly string[], commands: readonly Command[]): Command | null {
  const words = argv.filter((word) => !word.startsWith("-"));
  const found = commands.filter(
    ({ name }) =>
      words.slice(0, name.split(" ").length).join(" ") === name &&
      argv.slice(0, name.split(" ").length).join(" ") === name,
  );
  // Of `archive` and `archive restore` the one that takes more of the words.
  return found.toSorted((a, b) => b.name.length - a.name.length)[0] ?? null;
}

function readArguments(argv: readonly string[], command: Command) {
  const settingKeys = Object.keys(options) as OptionKey[];
  const settingFlags = Object.fromEntries(
    settingKeys.map((key) => [flagName(key).slice(2), { type: "string" as const }]),
  );
  const own = Object.fromEntries(Object.entries(command.flags).map(([name, { type }]) => [name, { type }]));
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...argv],
      options: { ...settingFlags, config: { type: "string" }, ...own },
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const reason = (cause as Error).message;
    const unknown = /Unknown option '(--?[^']+)'/.exec(reason)?.[1];
    const nearest =
      unknown === undefined
        ? null
        : nearestName(unknown, [
            ...settingKeys.map(flagName),
            "--config",
            ...Object.keys(own).map((name) => `--${name}`),
          ]);
    const message =
      unknown === undefined
        ? explainFlag(reason)
        : `There is no flag ${unknown}.${nearest === null ? "" : ` Did you mean ${nearest}?`} See culprit ${command.name} --help.`;
    throw new CulpritError("CONFIG_INVALID", message, { cause });
  }
  const required = command.positionals.filter((name) => !name.startsWith("["));
  if (parsed.positionals.length < required.length || parsed.positionals.length > wordsMax(command)) {
    throw new CulpritError(
      "CONFIG_INVALID",
      `culprit ${command.name} takes ${command.positionals.join(" ") || "no further words"}; it got ${JSON.stringify(parsed.positionals)}.`,
    );
  }
  const values = parsed.values as Record<string, string | boolean | undefined>;
  const settings: Record<string, unknown> = {};
  for (const key of settingKeys)
    if (values[flagName(key).slice(2)] !== undefined) settings[key] = values[flagName(key).slice(2)];
  const flags = Object.fromEntries(Object.keys(own).map((name) => [name, values[name]]));
  return { flags, words: parsed.positionals, settings, configPath: values.config as string | undefined };
}

/** What a known flag was given wrongly, from the words of node:util. */
function explainFlag(reason: string): string {
  const flag = /Option '(?:-\w, )?(--[\w-]+)/.exec(reason)?.[1];
  if (flag === undefined) return reason;
  if (/does not take an argument/.test(reason)) return `${flag} takes no value; write it alone.`;
  return `${flag} needs a value: ${flag} VALUE, or ${flag}=VALUE where it begins with a dash.`;
}

/** `[TABLE…]` or `CASE_DIR…` as the last word stands for any number. */
function wordsMax({ positionals }: Command): number {
  return /…\]?$/u.test(positionals.at(-1) ?? "") ? Number.POSITIVE_INFINITY : positionals.length;
}

function isAskingHelp(argv: readonly string[]): boolean {
  return argv.includes("--help") || argv.includes("-h");
}

/** The help that was asked for, or why nothing could be run. */
function help(
  argv: readonly string[],
  { areas, version }: CliDeps,
  commands: readonly Command[],
  command: Command | null,
): { readonly lines: readonly string[]; readonly code: 0 | 2 } {
  if (command !== null) return { lines: commandText(command), code: 0 };
  if (argv[0] === "--version") return { lines: [version], code: 0 };
  const asked = (argv[0] === "help" ? argv.slice(1) : argv).filter((word) => !word.startsWith("-"));
  if (asked.length === 0 && (argv.length === 0 || argv[0] === "help" || isAskingHelp(argv)))
    return { lines: overviewText(areas), code: 0 };
  if (argv[0] === "help" || isAskingHelp(argv)) {
    const [first = ""] = asked;
    if (first === "settings" && asked.length === 1) return { lines: settingsText(), code: 0 };
    const named = commands.find(({ name }) => name === asked.slice(0, name.split(" ").length).join(" "));
    if (named !== undefined) return { lines: commandText(named), code: 0 };
    const members = membersOf(first, commands);
    if (members.length > 0 && asked.length === 1) return { lines: groupText(members), code: 0 };
  }
  return { lines: [`culprit: ${unknownCommandText(argv[0] === "help" ? asked : argv, commands)}`], code: 2 };
}

/** The one mapping of this surface from what was thrown to words and an exit code. */
function explain(thrown: unknown): { readonly text: string; readonly code: 1 | 2 } {
  if (thrown instanceof CulpritError) {
    const text = `${thrown.message}\n  ${thrown.code}: ${errorCodes[thrown.code].remedy}`;
    return { text, code: thrown.code === "CONFIG_INVALID" ? 2 : 1 };
  }
  return { text: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown), code: 1 };
}
