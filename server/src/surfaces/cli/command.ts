import type { GitRepository } from "../../domains/change/index.ts";
import type { LocalCheckout, SandboxProvider } from "../../domains/repair/index.ts";
import type { TelemetryStore } from "../../domains/telemetry/index.ts";
import type { Config } from "../../platform/config/options.ts";
import type { Database } from "../../platform/db/open-database.ts";
import type { Log } from "../../platform/log/log.ts";
import type { Engines } from "../open-engines.ts";

/** What the composition root hands to a command; each part is opened when it is asked for. */
export interface CommandContext {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  /** One line for people, on standard error. */
  say(line: string): void;
  /** A line of the answer, or several, on standard output. A line is one: what a terminal would obey in it, line breaks too, is shown instead (`visibleLine`). */
  print(line: string | readonly string[]): void;
  /** The database with its schema up to date; closed when the command ends. */
  openDatabase(): Promise<Database>;
  /** Where telemetry is kept; the caller closes it. */
  openTelemetry(): Promise<TelemetryStore>;
  /** The engines beside the database, as the settings name them; the caller closes them. */
  openEngines(): Promise<Engines>;
  /** The database as it is, for the commands that migrate. */
  openUnmigrated(): Promise<Database>;
  /** What separates the code of projects from this machine, by the settings; found by trying. */
  readonly findSandbox: SandboxProvider;
  /** A variable of the environment that a flag names, as `--password-env VAR`; settings are in `config`. */
  readEnv(name: string): string | undefined;
  /** A git repository in a folder of this machine. */
  openRepository(folder: string): Promise<GitRepository>;
  /** The checkout that a folder of this machine lies in. */
  openCheckout(folder: string): Promise<LocalCheckout>;
  /** Runs the server until a signal ends it. */
  serve(): Promise<void>;
}

export interface CommandFlag {
  readonly type: "string" | "boolean";
  readonly doc: string;
}

/** One command: what it is called, what it takes, what it does. `run` gives the exit code. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Flags beside the settings, which every command takes. */
  readonly flags: Readonly<Record<string, CommandFlag>>;
  /** Whether it makes the data folder where there is none; every other command works on what is there. */
  readonly isFirst?: true;
  /** Names of the words after the command, for the help; `[x]` may be left out, `[x…]` or `X…` repeated. */
  readonly positionals: readonly string[];
  run(
    ctx: CommandContext,
    input: {
      readonly flags: Readonly<Record<string, string | boolean | undefined>>;
      readonly words: readonly string[];
    },
  ): Promise<number>;
}
