import { ZodError } from "zod";
import { loadConfig } from "../../server/src/platform/config/load-config.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import type { Command, CommandContext } from "../../server/src/surfaces/cli/command.ts";
import { explainWrongInput } from "../../server/src/surfaces/cli/explain-wrong-input.ts";

const refuse = async () => {
  throw new Error("this command was to open nothing of the kind");
};

/** Runs one command as the command line does, with the parts of its context that the test gives. */
export async function runCommand(
  command: Command,
  {
    words = [],
    flags = {},
    settings = {},
    ...parts
  }: {
    readonly words?: readonly string[];
    readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
    readonly settings?: Readonly<Record<string, unknown>>;
  } & Partial<CommandContext>,
): Promise<{ readonly code: number; readonly printed: readonly string[]; readonly said: readonly string[] }> {
  const [printed, said]: [string[], string[]] = [[], []];
  const ctx: CommandContext = {
    config: loadConfig({ flags: settings, env: {} }),
    log: createLog("silent"),
    version: "test",
    say: (line) => void said.push(line),
    print: (line) => void printed.push(...[line].flat()),
    openDatabase: refuse,
    openUnmigrated: refuse,
    openTelemetry: refuse,
    openEngines: refuse,
    findSandbox: refuse,
    readEnv: () => undefined,
    openRepository: refuse,
    openCheckout: refuse,
    serve: refuse,
    ...parts,
  };
  try {
    return { code: await command.run(ctx, { flags, words }), printed, said };
  } catch (thrown) {
    throw thrown instanceof ZodError ? explainWrongInput(thrown, command, { flags, words }) : thrown;
  }
}
