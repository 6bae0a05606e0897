import type { Step } from "@culprit/contract";
import { writeYaml } from "./write-yaml.ts";

/**
 * Edits of one step in a workflow's text that leave all the rest, comments included, as it is. Each gives null where the
 * step is not found as an item of a block list: then the text is not written in that style, and is edited by hand.
 */

interface Extent {
  /** The line of the dash, from 0. */
  readonly first: number;
  /** Behind the last line that belongs to it. */
  readonly end: number;
  readonly indent: number;
}

/** The text with the step of that id replaced. */
export function replaceStep(text: string, id: string, step: Step): string | null {
  const lines = text.split("\n");
  const extent = findStep(lines, id);
  if (extent === null) return null;
  return [...lines.slice(0, extent.first), ...stepLines(step, extent.indent), ...lines.slice(extent.end)].join("\n");
}

/** The text with a new step behind the one of that id, in the same list. */
export function insertStepAfter(text: string, id: string, step: Step): string | null {
  const lines = text.split("\n");
  const extent = findStep(lines, id);
  if (extent === null) return null;
  return [...lines.slice(0, extent.end), ...stepLines(step, extent.indent), ...lines.slice(extent.end)].join("\n");
}

/** The text without the step of that id. */
export function removeStep(text: string, id: string): string | null {
  const lines = text.split("\n");
  const extent = findStep(lines, id);
  return extent === null ? null : [...lines.slice(0, extent.first), ...lines.slice(extent.end)].join("\n");
}

/** As people write a step: what it is called and what it does come first. */
const order = ["id", "name", "uses", "if", "with", "continue_on_error", "retry_policy", "timeout", "steps"] as const;

function stepLines(step: Step, indent: number): readonly string[] {
  return writeYaml([inOrder(step)], indent).split("\n");
}

function inOrder(step: Step): Record<string, unknown> {
  const entries = order.map((name) => [name, name === "steps" ? step.steps?.map(inOrder) : step[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function findStep(lines: readonly string[], id: string): Extent | null {
  for (const [first, line] of lines.entries()) {
    const dash = /^(\s*)-\s+/.exec(line);
    if (dash === null) continue;
    const indent = (dash[1] ?? "").length;
    const keyIndent = dash[0].length;
    const end = endOfItem(lines, first, indent);
    const own = [line.slice(keyIndent), ...lines.slice(first + 1, end).filter((next) => indentOf(next) === keyIndent)];
    if (own.some((text) => saysId(text.trim(), id))) return { first, end, indent };
  }
  return null;
}

/** Behind the last line of the item; empty lines and comments before the next item stay with that. */
function endOfItem(lines: readonly string[], first: number, indent: number): number {
  let end = first + 1;
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === "") continue;
    if (indentOf(line) <= indent) break;
    end = at + 1;
  }
  return end;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function saysId(text: string, id: string): boolean {
  const value = /^["']?id["']?:\s+(.*?)\s*(?:\s#.*)?$/.exec(text)?.[1];
  return value !== undefined && value.replaceAll(/^["']|["']$/g, "") === id;
}
