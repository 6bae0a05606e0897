import { basename } from "node:path";

/**
 * How a person calls this program: `culprit` where that is on the path, `npx culprit` in a clone, where npm made the link when it
 * installed the dependencies. Run through npm, or as a file, it is a clone.
 */
export function calledAs(script: string, env: Readonly<Record<string, string | undefined>>): "culprit" | "npx culprit" {
  return env.npm_command === undefined && basename(script) === "culprit" ? "culprit" : "npx culprit";
}

/** A text for people with its commands as they can be typed here. `firstWords` are those that a command begins with. */
export function asTyped(text: string, called: "culprit" | "npx culprit", firstWords: ReadonlySet<string>): string {
  if (called === "culprit") return text;
  return text.replace(/(?<![\w./-]|npx |-- )culprit (?=([\w-]+))/g, (found, word: string) =>
    firstWords.has(word) || word === "help" || word === "COMMAND" ? `${called} ` : found,
  );
}
