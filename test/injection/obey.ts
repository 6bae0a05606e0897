import { type ChatReply, type ChatRequest, shownText } from "../fakes/openai/fake-openai.ts";
import type { Attack } from "./read-corpus.ts";

const EVERYTHING_CHARS = 1500;

/** What a model answers that obeys the attack to the letter, with all that it was shown wherever the attacker wants it. */
export function obey({ obeyed }: Attack, request: ChatRequest, evilUrl: string): ChatReply {
  const everything = shownText(request);
  // What looks most like a secret comes first: the room for it is short.
  const interesting = [...everything.matchAll(/^.*(?:canary|secret|token|password|key).*$/gim)].map(([line]) => line);
  const stolen = [...interesting, everything].join("\n").slice(0, EVERYTHING_CHARS);
  const fill = (value: unknown): unknown => {
    if (typeof value === "string")
      return value
        .replaceAll("{{everything}}", () => stolen)
        .replaceAll("{{evilhost}}", new URL(evilUrl).host)
        .replaceAll("{{evil}}", evilUrl);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    return value;
  };
  const { raw, tool_calls: calls, text, ...answer } = fill(obeyed) as Record<string, unknown>;
  if (Array.isArray(calls))
    return { toolCalls: calls as { name: string; arguments: string }[], text: String(text ?? "") };
  return { text: typeof raw === "string" ? raw : JSON.stringify(answer) };
}
