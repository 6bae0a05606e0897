import type { Step } from "@culprit/contract";

/** What a step that steers others does, in a few words; null for an action. */
export function describeControl({ uses, with: input = {}, steps }: Step): string | null {
  switch (uses) {
    case "delay":
      return `waits ${first(input, ["seconds", "duration", "until"]) ?? "a while"}${typeof input.seconds === "number" ? " s" : ""}`;
    case "approval":
      return `waits for a person: ${first(input, ["message"]) ?? "yes or no"}`;
    case "parallel":
      return `${steps?.length ?? 0} at once`;
    case "for_each":
      return `for each of ${first(input, ["items", "in"]) ?? "a list"}`;
    case "run_workflow":
      return `runs ${first(input, ["workflow", "name"]) ?? "another workflow"}`;
    default:
      return null;
  }
}

function first(input: Readonly<Record<string, unknown>>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = input[name];
    if (value !== undefined) return typeof value === "string" ? value : JSON.stringify(value);
  }
  return null;
}
