import { maskLine, value } from "./mask-line.ts";
import { stripHeader } from "./strip-header.ts";
import type { MinerState } from "./template-miner.ts";

/** A template as it was stored: its text with `<*>` for a value, and the line that made it known. */
export interface StoredTemplate {
  readonly id: string;
  readonly template: string;
  readonly example: string;
}

/** Enough for any place to stay general (`findGeneralisation`). */
const KNOWN_VARIETY = 12;

/**
 * A miner's memory out of stored templates: lines that had a template have it again, under its id. Where the template has a value and its example a
 * word, the place had been found to vary; where both have one, it holds what has the shape of a value. What does not fit its example
 * (a line that was cut) is left out, and made anew when it comes.
 */
export function restoreTemplates(stored: readonly StoredTemplate[]): MinerState {
  const templates = new Map<string, MinerState["templates"][number]>();
  for (const { id, template, example } of stored) {
    const { tokens, spaced } = maskLine(stripHeader(example).text);
    const varying = varyingPlaces(tokens, spaced, template);
    if (varying === null) continue;
    const restored = tokens.map((token, at) => (varying.includes(at) ? value : token));
    const variety = varying.map((at) => [at, KNOWN_VARIETY] as const);
    templates.set(restored.join(" "), { id, tokens: restored, spaced, count: 1, lastLine: 0, variety });
  }
  return { version: 1, lines: 0, templates: [...templates.values()], aliases: [] };
}

/** Where the template has a value and the tokens a word; null where the tokens are not of the template. */
function varyingPlaces(
  tokens: readonly string[],
  spaced: readonly boolean[],
  template: string,
): readonly number[] | null {
  const varying: number[] = [];
  let position = 0;
  for (const [at, token] of tokens.entries()) {
    const space = spaced[at] === true && at > 0 ? " " : "";
    const [own, any] = [space + token.replaceAll(value, "<*>"), `${space}<*>`];
    if (template.startsWith(own, position)) position += own.length;
    else if (template.startsWith(any, position)) {
      varying.push(at);
      position += any.length;
    } else return null;
  }
  return position === template.length ? varying : null;
}
