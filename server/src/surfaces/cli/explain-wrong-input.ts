import type { ZodError } from "zod";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { firstProblem } from "../../platform/errors/from-zod.ts";
import type { Command } from "./command.ts";

const VALUE_SHOWN = 100;

/** What a command's schema has against what was typed, by the flag or word as it was written, with its value. */
export function explainWrongInput(
  error: ZodError,
  command: Pick<Command, "name" | "flags" | "positionals">,
  { flags, words }: Parameters<Command["run"]>[1],
): CulpritError {
  const { path, reason } = firstProblem(error);
  const [field = "", ...within] = path;
  const flag = flagOf(field, Object.keys(command.flags));
  const at = command.positionals.findIndex((name) => name.replace(/[[\]…]/gu, "") === field.toUpperCase());
  const written = flag !== null ? `--${flag}` : command.positionals[at];
  const value = within.length > 0 ? undefined : flag !== null ? flags[flag] : words[at];
  const shown = typeof value === "string" ? `; it is ${JSON.stringify(value.slice(0, VALUE_SHOWN))}` : "";
  const name = [written ?? field, ...within].join(".");
  const wrong =
    flag !== null && within.length === 0 && reason.startsWith("is missing")
      ? `is missing: say ${written} VALUE`
      : `${reason}${shown}`;
  return new CulpritError(
    "INVALID_REQUEST",
    `${name === "" ? "What was given" : name} ${wrong}. See culprit ${command.name} --help.`,
    { details: { field: path.join(".") }, cause: error },
  );
}

/** `interval_s` is `--interval`: units are in the doc of a flag, not in its name. */
function flagOf(field: string, flags: readonly string[]): string | null {
  const name = field.replaceAll("_", "-");
  return flags.find((flag) => flag === name || name === `${flag}-s` || name === `${flag}-ms`) ?? null;
}
