import type { Severity } from "@culprit/contract";
import type { Message } from "../../domains/integration/index.ts";
import { cutText } from "../shared/cut-text.ts";
import { isLinkable, legibleMessage } from "../shared/tone.ts";

/** @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const limits = { summary: 1024, bytes: 512 * 1024 };
const severities: Readonly<Record<Severity, string>> = {
  critical: "critical",
  high: "error",
  medium: "warning",
  low: "info",
};

/**
 * What a trigger of Events API v2 says; PagerDuty shows it as plain text. The tone goes along, because it decides what an
 * update does: it is not sent.
 */
export function renderPagerduty(given: Message, source: string): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const service = message.fields.find(({ name }) => name.toLowerCase() === "service")?.value;
  const shown = message.sections.slice(0, 20).map(({ title, text }) => [cutText(title, 100), cutText(text, 4000)]);
  const leftOut = message.sections.length - shown.length + Math.max(0, message.fields.length - 50);
  const details = Object.fromEntries([
    ["text", cutText(message.text, 8000)],
    ...message.fields.slice(0, 50).map(({ name, value }) => [cutText(name, 100), cutText(value, 1000)]),
    ...shown,
    ...(leftOut === 0 ? [] : [["left out", `${leftOut} more parts: too long for PagerDuty`]]),
  ]);
  return {
    tone: message.tone,
    payload: {
      summary: cutText(message.title, limits.summary) || "Culprit",
      source,
      severity: message.tone === "good" ? "info" : severities[message.severity ?? "high"],
      ...(service === undefined ? {} : { component: cutText(service, 255) }),
      custom_details: details,
    },
    links: [...message.links, ...message.buttons]
      .filter(({ url }) => isLinkable(url))
      .slice(0, 20)
      .map(({ label, url }) => ({ href: url, text: cutText(label, 100) })),
  };
}

/** The bytes that an event may have. */
export const eventBytesMax = limits.bytes;
