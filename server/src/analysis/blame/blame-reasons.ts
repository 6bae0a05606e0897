import type { CommitFeatures } from "./commit-features.ts";

/** How much each sign added to a commit's place in the ranking. */
export interface SignParts {
  readonly blamed: number;
  readonly lineTurn: number;
  readonly functionTurn: number;
  readonly names: number;
}

/** Why a commit stands where it stands, strongest first; each is a fact about its diff, its date or git's blame. */
export function blameReasons(one: CommitFeatures, parts: SignParts): string[] {
  const reasons: { text: string; part: number }[] = [];
  const add = (part: number, text: string) => reasons.push({ part, text });
  if (one.blame > 0) add(parts.blamed, `wrote ${shareOf(one.blame)} (git blame, formatting and moves looked through)`);
  if (one.lineNth > 0) add(parts.lineTurn, `${changeOf(one.lineNth)} at or near a failing line`);
  // A function holds its lines: the same turn at both says one thing.
  if (one.functionNth > 0 && one.functionNth !== one.lineNth)
    add(parts.functionTurn, `${changeOf(one.functionNth)} to the code around a failing line`);
  if (one.sharedNames.length > 0) {
    const names = one.sharedNames.slice(0, 3).map((name) => `\`${name}\``);
    add(parts.names, `has changed lines that name ${names.join(", ")}, as a failing line does`);
  }
  reasons.sort((a, b) => b.part - a.part);
  const texts = reasons.map(({ text }) => text);
  if (one.age === 0) texts.push("is the newest commit of the failing files");
  else if (one.days < 7) texts.push(`was made ${daysOf(one.days)} before the commit that ran`);
  if (texts.length === 0) texts.push("touched a failing file");
  if (one.size > 0 && one.substance === 0) texts.push("changed only formatting, comments or positions there");
  return texts;
}

function shareOf(value: number): string {
  return value >= 0.995 ? "every failing line" : `${Math.max(1, Math.round(value * 100))} % of the failing lines`;
}

function changeOf(nth: number): string {
  const turn = ["newest", "second newest", "third newest", "fourth newest"][nth - 1];
  return turn === undefined ? "made an older change" : `made the ${turn} change`;
}

function daysOf(days: number): string {
  if (days < 1) return "less than a day";
  const whole = Math.floor(days);
  return whole === 1 ? "a day" : `${whole} days`;
}
