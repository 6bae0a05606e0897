import type { StackFrame } from "@culprit/contract";
import { isInAppPath } from "./is-in-app.ts";
import { cleanFile, parseLocation } from "./location.ts";

/**
 * One line of a JavaScript stack as V8 writes it (`at fn (file:1:2)`, async, eval, native) or as Firefox and Safari do
 * (`fn@file:1:2`); null when the line is no frame. See https://v8.dev/docs/stack-trace-api.
 */
export function parseJavaScriptFrame(rawLine: string): StackFrame | null {
  const line = rawLine.trim();
  if (line.startsWith("at ")) return parseV8(line.slice(3).trim());
  const at = line.indexOf("@");
  return at === -1 ? null : parseGecko(line.slice(0, at), line.slice(at + 1));
}

function parseV8(text: string): StackFrame | null {
  // `util.inspect` opens the properties of an error behind its last frame.
  const brace = text.endsWith(" {") ? text.slice(0, -2) : text;
  const rest = brace.startsWith("async ") ? brace.slice(6) : brace;
  const open = rest.indexOf(" (");
  if (open !== -1 && rest.endsWith(")")) return frame(rest.slice(0, open), rest.slice(open + 2, -1));
  if (rest === "<anonymous>") return frame(null, rest);
  // Without parentheses there is only a place; "at first glance" in a message is none.
  return isPlace(rest) ? frame(null, rest) : null;
}

function parseGecko(name: string, place: string): StackFrame | null {
  if (name.length > 512 || /\s/.test(name.replace(/^(?:global|eval|module) code$/, ""))) return null;
  if (place !== "[native code]" && !(isPlace(place) && /[/\\]|^[\w.-]+:\d+:\d+$/.test(place))) return null;
  // Firefox marks what runs later (`async*fn`, `promise callback*fn`) and code inside eval (`file line 3 > eval`).
  const bare = name.slice(name.lastIndexOf("*") + 1);
  const evaluated = place.indexOf(" line ");
  const where = evaluated === -1 ? place : place.slice(0, evaluated);
  const line = evaluated === -1 ? null : Number.parseInt(place.slice(evaluated + 6), 10);
  const built = frame(bare === "" ? null : bare, where);
  return line === null || !Number.isFinite(line) ? built : { ...built, line, column: null };
}

function isPlace(text: string): boolean {
  return /:\d{1,9}$/.test(text) || text === "native" || text.startsWith("node:");
}

function frame(name: string | null, place: string): StackFrame {
  const { file, line, column } = parseLocation(place.startsWith("eval at ") ? evalOrigin(place) : place);
  const cleaned = cleanFile(file);
  return { file: cleaned, function: name, line, column, isInApp: isInAppPath(cleaned) };
}

/** Where the code that called eval stands: the place inside the innermost parentheses. */
function evalOrigin(place: string): string {
  const open = place.lastIndexOf("(");
  const close = place.indexOf(")", open + 1);
  return open === -1 || close === -1 ? place.slice(place.lastIndexOf(", ") + 2) : place.slice(open + 1, close);
}
