import type { Trigger } from "@culprit/contract";

type Matchers = Readonly<Record<string, unknown>>;
const matcherNames = ["branch", "path", "environment", "service", "severity", "repository", "author", "label"] as const;

/** What starts a workflow, in a few words: `incident.opened`, `at 0 2 * * *`, `when its address is called`, `by hand`. */
export function triggerWords(trigger: Trigger): string {
  switch (trigger.type) {
    case "event":
      return trigger.events.join(", ");
    case "schedule":
      return `at ${trigger.cron}${trigger.timezone === "UTC" ? " UTC" : ` ${trigger.timezone}`}`;
    case "webhook":
      return "when its address is called";
    case "manual":
      return "by hand";
  }
}

/** What must hold besides, one line each: `branch: main`, `if: event.severity == "high"`. */
export function matcherWords(trigger: Trigger): readonly string[] {
  if (trigger.type === "manual") return [];
  const lines: string[] = [];
  const matchers: Matchers = trigger;
  for (const name of matcherNames) {
    const value = matchers[name];
    if (value !== undefined) lines.push(`${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`);
  }
  if (trigger.type === "event") {
    if (trigger.label_substring !== undefined) lines.push(`label contains ${trigger.label_substring}`);
    if (trigger.body_substring !== undefined) lines.push(`text contains ${trigger.body_substring}`);
    if (trigger.on !== undefined) lines.push(`on: ${trigger.on.replaceAll("_", " ")}`);
  }
  if (trigger.type !== "schedule" && trigger.if !== undefined) lines.push(`if: ${trigger.if}`);
  if (trigger.type === "schedule" && trigger.missed === "skip") lines.push("missed times are skipped");
  return lines;
}

const typeWords = { event: "events", schedule: "a schedule", webhook: "a webhook", manual: "hand" } as const;

/** What kinds of things start a workflow: `events, hand`. */
export function triggerTypeWords(types: readonly Trigger["type"][]): string {
  if (types.length === 0) return "nothing starts it: only other workflows call it";
  return [...new Set(types)].map((type) => typeWords[type]).join(", ");
}
