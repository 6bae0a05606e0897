import type { FieldPath } from "./finding.ts";
import { isRecord, type Json, type Rewriting } from "./sugar.ts";

const canonical = new Set(["event", "schedule", "webhook", "manual"]);

/** GitHub's plurals. */
const plurals: Readonly<Record<string, string>> = {
  branches: "branch",
  paths: "path",
  labels: "label",
  environments: "environment",
  services: "service",
  severities: "severity",
  repositories: "repository",
  authors: "author",
};

/** Names of events in older files. */
const aliases: Readonly<Record<string, Json>> = {
  pr_opened: { events: ["pull_request.opened"] },
  pr_updated: { events: ["pull_request.synchronize"] },
  pr_closed: { events: ["pull_request.closed"] },
  pr_comment_created: { events: ["issue_comment.created"], on: "pull_request" },
  issue_comment_created: { events: ["issue_comment.created"], on: "issue" },
  issue_opened: { events: ["issues.opened"] },
};

/** Kinds of triggers that document 3's shipped files have beside its four. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  label: ["pull_request.labeled", "issues.labeled"],
  push: ["push"],
  comment: ["issue_comment.created", "pull_request_review_comment.created"],
  tag: ["create"],
  assign: ["issues.assigned", "pull_request.assigned"],
  pull_request: ["pull_request.opened", "pull_request.synchronize", "pull_request.reopened"],
};

const wholeFamilies = new Set(["issues", "release", "pull_request_review", "incident", "check_run", "check_suite"]);

/** The events that a bare name stands for: GitHub's defaults for pull requests, all kinds of the other families. */
function eventsOf(name: string, types: readonly string[] | null): readonly string[] {
  if (types !== null) return types.map((type) => `${name}.${type}`);
  if (name === "pull_request") return kinds.pull_request ?? [];
  return wholeFamilies.has(name) ? [`${name}.*`] : [name];
}

/** `on:` as GitHub has it, and `triggers:` in all the forms that there are, as a list of triggers. */
export function rewriteTriggers(file: Json, rewriting: Rewriting): { triggers: unknown; inputs: unknown } {
  const triggers: unknown[] = [];
  let inputs = file.inputs;
  const add = (trigger: unknown, source: FieldPath) => {
    rewriting.from(["triggers", triggers.length], source);
    triggers.push(trigger);
  };
  if (file.triggers !== undefined) {
    if (isRecord(file.triggers)) {
      // {events: […]}: the engine's own files upstream.
      add({ type: "event", ...file.triggers }, ["triggers"]);
    } else if (Array.isArray(file.triggers)) {
      for (const [index, trigger] of file.triggers.entries())
        add(rewriteTrigger(trigger, triggers.length, ["triggers", index], rewriting), ["triggers", index]);
    } else return { triggers: file.triggers, inputs };
  }
  const { on } = file;
  if (typeof on === "string") add(bareTrigger(on), ["on"]);
  else if (Array.isArray(on)) for (const [index, name] of on.entries()) add(bareTrigger(String(name)), ["on", index]);
  else if (isRecord(on)) {
    for (const [name, given] of Object.entries(on)) {
      const source = ["on", name];
      const parts = isRecord(given) ? given : {};
      if (name === "schedule") {
        const list = Array.isArray(given) ? given : [given];
        for (const [index, one] of list.entries()) {
          const place = Array.isArray(given) ? [...source, index] : source;
          add(
            typeof one === "string"
              ? { type: "schedule", cron: one }
              : { type: "schedule", ...(isRecord(one) ? one : {}) },
            place,
          );
        }
      } else if (name === "webhook") add({ type: "webhook", ...parts }, source);
      else if (name === "manual" || name === "workflow_dispatch") {
        add({ type: "manual" }, source);
        if (isRecord(parts.inputs) && inputs === undefined) {
          inputs = Object.fromEntries(Object.entries(parts.inputs).map(([key, input]) => [key, choiceAsString(input)]));
          rewriting.from(["inputs"], [...source, "inputs"]);
        }
      } else add(eventTrigger(name, parts, triggers.length, source, rewriting), source);
    }
  } else if (on !== undefined)
    rewriting.refuse(["on"], "`on` is the name of an event, a list of names, or a map from names to what must match.");
  return { triggers, inputs };
}

function bareTrigger(name: string): Json {
  return canonical.has(name) && name !== "event" ? { type: name } : { type: "event", events: eventsOf(name, null) };
}

function eventTrigger(name: string, parts: Json, index: number, source: FieldPath, rewriting: Rewriting): Json {
  const { types, ...matchers } = parts;
  const list = typeof types === "string" ? [types] : Array.isArray(types) ? types.map(String) : null;
  return { type: "event", events: eventsOf(name, list), ...singular(matchers, ["triggers", index], source, rewriting) };
}

function singular(matchers: Json, field: FieldPath, source: FieldPath, rewriting: Rewriting): Json {
  return Object.fromEntries(
    Object.entries(matchers).map(([key, value]) => {
      const name = plurals[key] ?? key;
      if (name !== key) rewriting.from([...field, name], [...source, key]);
      return [name, value];
    }),
  );
}

function rewriteTrigger(trigger: unknown, index: number, source: FieldPath, rewriting: Rewriting): unknown {
  if (typeof trigger === "string") return bareTrigger(trigger);
  if (!isRecord(trigger)) return trigger;
  const { type, on, events, run, on_issue: onIssue, on_pull_request: onPullRequest, ...rest } = trigger;
  if (run !== undefined)
    rewriting.refuse(
      [...source, "run"],
      "A trigger starts the workflow it stands in; `run` names another. Put it there.",
    );
  if (type === "event" || type === "schedule" || type === "webhook" || type === "manual") {
    const { run: _, ...whole } = trigger;
    return typeof events === "string" ? { ...whole, events: [events] } : whole;
  }
  if (type === undefined && typeof on === "string") {
    if (on === "schedule" || on === "webhook" || on === "manual") return { type: on, ...rest };
    const list = Array.isArray(events) ? events.map(String) : null;
    const alias = list === null ? aliases[on] : undefined;
    return alias === undefined
      ? eventTrigger(on, { ...rest, ...(list === null ? {} : { types: list }) }, index, source, rewriting)
      : { type: "event", ...alias, ...rest };
  }
  const known = typeof type === "string" ? kinds[type] : undefined;
  if (known === undefined) return type === undefined && events !== undefined ? { type: "event", ...trigger } : trigger;
  const about = onPullRequest === true ? "pull_request" : onIssue === true ? "issue" : undefined;
  const only = about === undefined ? known : known.filter((name) => type === "comment" || name.startsWith(about));
  return {
    type: "event",
    events: only,
    ...(about === undefined ? {} : { on: about }),
    ...(type === "tag" ? { if: "event.ref_type == 'tag'" } : {}),
    ...singular(rest, ["triggers", index], source, rewriting),
  };
}

function choiceAsString(input: unknown): unknown {
  return isRecord(input) && input.type === "choice" ? { ...input, type: "string" } : input;
}
