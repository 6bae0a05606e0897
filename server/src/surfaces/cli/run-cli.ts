import { parseArgs } from "node:util";
import { errorCodes } from "@culprit/contract";
import { ZodError } from "zod";
import { loadConfig, nearestName } from "../../platform/config/load-config.ts";
import { type Config, flagName, type OptionKey, options } from "../../platform/config/options.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Command, CommandContext } from "./command.ts";
import { explainWrongInput } from "./explain-wrong-input.ts";

export interface CliDeps {
  readonly commands: readonly Command[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Makes a command's context, and what closes it. */
  compose(config: Config): { readonly ctx: CommandContext; close(): Promise<void> };
}

const SETTINGS_FILE = "culprit.config.json";

/** Runs one command line. Answers go to standard output, all else to standard error. @returns the exit code: 0 done, 1 failed, 2 not understood. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const command = findCommand(argv, deps.commands);
  if (command === null || argv.includes("--help") || argv.includes("-h")) return help(argv, deps, command);
  try {
    const { flags, words, settings, configPath } = readArguments(argv.slice(command.name.split(" ").length), command);
    const file = { path: configPath ?? SETTINGS_FILE, isRequired: configPath !== undefined };
    // A command that answers once logs what went wrong; a server tells what it does.
    const defaults = command.name === "start" ? {} : { logLevel: "warn" };
    const config = loadConfig({ flags: settings, env: deps.env, file, defaults });
    const { ctx, close } = deps.compose(config);
    try {
      return await command.run(ctx, { flags, words });
    } catch (thrown) {
      throw thrown instanceof ZodError ? explainWrongInput(thrown, command, { flags, words }) : thrown;
    } finally {
      await close();
    }
  } catch (thrown) {
    return explain(thrown);
  }
}

function findCommand(argv: readonly string[], commands: readonly Command[]): Command | null {
  const words = argv.filter((word) => !word.startsWith("-"));
  return (
    commands.find(
      ({ name }) =>
        words.slice(0, name.split(" ").length).join(" ") === name &&
        argv.slice(0, name.split(" ").length).join(" ") === name,
    ) ?? null
  );
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

function help(argv: readonly string[], { commands, version }: CliDeps, command: Command | null): number {
  if (argv.includes("--version")) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const asked = argv.length === 0 || argv.includes("--help") || argv.includes("-h") || argv[0] === "help";
  const lines: string[] = [];
  if (command !== null) {
    lines.push(`culprit ${[command.name, ...command.positionals].join(" ")}`, "", command.summary, "");
    const flags = Object.entries(command.flags);
    lines.push(
      ...besideDocs(
        flags.map(([name, flag]) => [`--${name}${flag.type === "string" ? " VALUE" : ""}`, flag.doc] as const),
      ),
      "",
      "Settings (see docs/configuration.md):",
      ...besideDocs(Object.entries(options).map(([key, one]) => [`${flagName(key)} VALUE`, one.doc] as const)),
    );
  } else {
    if (!asked) lines.push(unknownCommand(argv), "");
    lines.push("Culprit: from a production failure to its cause to a proven fix.", "");
    lines.push(
      ...besideDocs(
        commands.map(
          ({ name, positionals, summary }) => [`culprit ${[name, ...positionals].join(" ")}`, summary] as const,
        ),
      ),
    );
    lines.push("", "culprit COMMAND --help says more.");
  }
  (asked ? process.stdout : process.stderr).write(`${lines.join("\n")}\n`);
  return asked ? 0 : 2;
}

/** What is written stands left, as wide as the longest, and what it does beside it. */
function besideDocs(rows: readonly (readonly [written: string, doc: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([written]) => written.length));
  return rows.map(([written, doc]) => `  ${written.padEnd(width)}  ${doc}`);
}

function unknownCommand(argv: readonly string[]): string {
  const end = argv.findIndex((word) => word.startsWith("-"));
  const words = argv.slice(0, end < 0 ? argv.length : end).slice(0, 2);
  if (words.length === 0) return `The command comes first; ${argv[0]} is a flag.`;
  return `There is no command ${JSON.stringify(words.join(" "))}.`;
}

/** The one mapping of this surface from what was thrown to words and an exit code. */
function explain(thrown: unknown): number {
  if (thrown instanceof CulpritError) {
    process.stderr.write(`culprit: ${thrown.message}\n  ${thrown.code}: ${errorCodes[thrown.code].remedy}\n`);
    return thrown.code === "CONFIG_INVALID" ? 2 : 1;
  }
  process.stderr.write(`culprit: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  return 1;
}
