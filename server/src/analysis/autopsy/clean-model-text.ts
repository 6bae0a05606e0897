import { type ScrubCounts, scrubText } from "../scrub/index.ts";
import { dropHidden } from "./show-as-data.ts";

export interface CleanText {
  readonly text: string;
  /** What was taken out, in words. */
  readonly removed: readonly string[];
}

const rules: readonly { readonly what: string; readonly pattern: RegExp; readonly by: string }[] = [
  { what: "an image", pattern: /!\[([^\]]*)\]\s*(?:\([^)]*\)?|\[[^\]]*\])/g, by: "" },
  { what: "a link", pattern: /\[([^\]]*)\]\s*\([^)]*\)?/g, by: "$1" },
  { what: "a link", pattern: /^\s*\[[^\]]+\]:\s*\S+.*$/gm, by: "" },
  { what: "markup", pattern: /<\/?[a-z!][^>]{0,2000}>/gi, by: "" },
  {
    what: "a link",
    pattern: /\b(?:[a-z][a-z0-9+.-]{1,30}:\/\/|www\.|(?:javascript|data|mailto|tel):)\S*/gi,
    by: "[link]",
  },
  { what: "a link", pattern: /(?<![\w./])\/\/[\w-]+(?:\.[\w-]+)+\S*/g, by: "[link]" },
  { what: "a link", pattern: /(?<![\w./])(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?\/\S*[?=&%]\S*/gi, by: "[link]" },
];

/**
 * What a model wrote as people may see it: plain words. Links, images and markup could carry what it read to somebody else when they
 * are shown, so they go; secrets and what is hidden go, too.
 */
export function cleanModelText(text: string, charactersMax: number): CleanText {
  const removed = new Set<string>();
  const counts: ScrubCounts = {};
  const visible = dropHidden(text.slice(0, charactersMax * 4));
  if (visible !== text.slice(0, charactersMax * 4)) removed.add("hidden characters");
  let clean = scrubText(visible, counts);
  for (const kind of Object.keys(counts)) removed.add(`what looks like ${kind.replaceAll("_", " ")}`);
  for (const { what, pattern, by } of rules) {
    const after = clean.replace(pattern, by);
    if (after !== clean) removed.add(what);
    clean = after;
  }
  const line = clean.replace(/[ \t\n]+/g, " ").trim();
  return {
    text: line.length > charactersMax ? `${line.slice(0, charactersMax - 1).toWellFormed()}…` : line,
    removed: [...removed],
  };
}

const command =
  /`|\$\(|\|\s*(?:ba|z)?sh\b|\b(?:curl|wget|nc|ncat|bash|sh|zsh|eval|sudo|chmod|chown|rm\s+-|base64|ssh|scp|rsync|kubectl|docker|helm|terraform|aws|gcloud|az|psql|mysql|redis-cli|printenv|env\s*[|>]|npx|npm\s+(?:i|install|exec|publish)|pip3?\s+install|git\s+(?:push|remote|config|clone)|powershell|Invoke-\w+|iex)\b/i;
const asksForSecret =
  /\b(?:password|passphrase|credential|api[ _-]?key|token|secret|\.env|private key|environment variables?)s?\b/i;

/** Why a step that a model proposes is not shown to people; null where it may be. Commands are ours alone: people paste them. */
export function refuseStep(raw: string): string | null {
  if (command.test(raw)) return "it holds a command";
  if (asksForSecret.test(raw)) return "it speaks of secrets";
  return null;
}
