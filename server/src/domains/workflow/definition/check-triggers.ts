import type { Trigger } from "@culprit/contract";
import { CronPattern } from "croner";
import { checkExpression, type Known, suggestion } from "../expressions/check-expression.ts";
import { bareExpression } from "../expressions/compile-condition.ts";
import { checkTemplates } from "./check-names.ts";
import { type FieldPath, type Finding, failure, warning } from "./finding.ts";
import { isKnownEvent, knownEvents } from "./known-events.ts";

/** What is wrong with a trigger; an event that nobody knows is a warning, because an integration may send it. */
export function checkTrigger(trigger: Trigger, known: Known, path: FieldPath): readonly Finding[] {
  const findings: Finding[] = [];
  if ((trigger.type === "event" || trigger.type === "webhook") && trigger.if !== undefined) {
    const problems = checkExpression(bareExpression(trigger.if), known);
    findings.push(...problems.map(({ message }) => failure([...path, "if"], message)));
  }
  switch (trigger.type) {
    case "event":
      for (const [index, name] of trigger.events.entries()) {
        if (isKnownEvent(name)) continue;
        findings.push(
          warning(
            [...path, "events", index],
            `No integration is known to send \`${name}\`${suggestion(name, knownEvents)}`,
          ),
        );
      }
      break;
    case "schedule":
      findings.push(...checkSchedule(trigger.cron, trigger.timezone, path));
      break;
    case "webhook":
      if (trigger.response !== undefined)
        findings.push(...checkTemplates(trigger.response, known, [...path, "response"]));
      break;
    case "manual":
      break;
  }
  return findings;
}

function checkSchedule(cron: string, timezone: string, path: FieldPath): readonly Finding[] {
  const findings: Finding[] = [];
  try {
    // Five fields, as crontab has them: a schedule by the second is a loop.
    new CronPattern(cron, undefined, { mode: "5-part" });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    findings.push(
      failure(
        [...path, "cron"],
        `\`${cron}\` is no schedule of five fields (minute hour day month weekday): ${reason}`,
      ),
    );
  }
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    const nearest = suggestion(timezone, Intl.supportedValuesOf("timeZone"));
    findings.push(
      failure(
        [...path, "timezone"],
        `There is no time zone \`${timezone}\`${nearest || "; write it as Europe/Berlin or UTC"}`,
      ),
    );
  }
  return findings;
}
