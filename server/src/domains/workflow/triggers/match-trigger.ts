import type { EventTrigger } from "@culprit/contract";
import type { EventFacts } from "./event-facts.ts";
import { matchesGlob, matchesGlobs } from "./glob.ts";

export type Match =
  /** No name of it is the event's: nothing but a count is kept. */
  | { readonly kind: "not_concerned" }
  | {
      readonly kind: "failed";
      readonly matcher: string;
      readonly expected: unknown;
      readonly seen: readonly string[];
      readonly reason: string;
    }
  /** In words: what was asked and held. */
  | { readonly kind: "matched"; readonly reason: string };

const globMatchers = [
  "repository",
  "branch",
  "path",
  "environment",
  "service",
  "severity",
  "author",
  "label",
] as const satisfies readonly (keyof EventFacts & keyof EventTrigger)[];
/** Git tells these apart by case; names that people give do not. */
const caseMatters: readonly string[] = ["branch", "path"];

const SHOWN_MAX = 20;

/** Holds an event against a trigger, all but its condition. Of several failing matchers the first is told. Pure. */
export function matchTrigger(trigger: EventTrigger, type: string, facts: EventFacts): Match {
  const name = trigger.events.find((pattern) => matchesGlob(pattern, type));
  if (name === undefined) return { kind: "not_concerned" };
  const held = [name === type ? `The event is ${type}` : `The event ${type} matches ${name}`];

  if (trigger.on !== undefined) {
    if (!facts.on.includes(trigger.on))
      return failed(
        "on",
        trigger.on,
        facts.on,
        `it is not about ${trigger.on === "issue" ? "an issue" : "a pull request"}`,
      );
    held.push(`it is about ${trigger.on === "issue" ? "an issue" : "a pull request"}`);
  }
  for (const matcher of globMatchers) {
    const asked = trigger[matcher];
    if (asked === undefined) continue;
    const patterns = typeof asked === "string" ? [asked] : asked;
    const ignoreCase = !caseMatters.includes(matcher);
    const value = facts[matcher].find((one) => matchesGlobs(patterns, one, { ignoreCase }));
    if (value === undefined)
      return failed(matcher, asked, facts[matcher], globReason(matcher, patterns, facts[matcher]));
    held.push(`its ${matcher} is ${brief(value)}`);
  }
  for (const [matcher, values] of [
    ["label_substring", facts.label],
    ["body_substring", facts.body],
  ] as const) {
    const asked = trigger[matcher];
    if (asked === undefined) continue;
    if (!values.some((value) => value.toLowerCase().includes(asked.toLowerCase()))) {
      const what = matcher === "label_substring" ? "no label" : "its text does not";
      return failed(matcher, asked, values, `${what} ${what === "no label" ? "contains" : "contain"} ${quoted(asked)}`);
    }
    held.push(
      matcher === "label_substring" ? `a label contains ${quoted(asked)}` : `its text contains ${quoted(asked)}`,
    );
  }
  return { kind: "matched", reason: held.join(", ") };
}

function globReason(matcher: string, patterns: readonly string[], seen: readonly string[]): string {
  const asked = patterns.map(quoted).join(" or ");
  if (seen.length === 0) return `${matcher} must be ${asked}, and the event names none`;
  if (seen.length === 1) return `${matcher} must be ${asked}, and it is ${brief(seen[0] ?? "")}`;
  return `one ${matcher} must be ${asked}, and none of its ${seen.length} is`;
}

function failed(matcher: string, expected: unknown, seen: readonly string[], reason: string): Match {
  return { kind: "failed", matcher, expected, seen: seen.slice(0, SHOWN_MAX).map(brief), reason };
}

const quoted = (text: string) => JSON.stringify(brief(text));

function brief(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
