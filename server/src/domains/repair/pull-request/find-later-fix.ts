import { parseDiff } from "../../../analysis/diff/parse-diff.ts";
import type { BranchCommit, Checkout } from "./checkout-port.ts";

export interface LaterFix {
  readonly sha: string;
  readonly reason: string;
  /** Whether the commit says so itself; else it is gathered from what became of the culprit's lines. */
  readonly isStated: boolean;
}

/** Lines shorter than this (a brace, `return;`) stand in many places and say nothing. */
const tellingMin = 8;

/**
 * A commit of the base branch, made since what was deployed, that already ends the failure: one that names the incident or says that
 * it takes the culprit back, or by which the last line that the culprit wrote is gone. Null where none does.
 */
export async function findLaterFix(
  checkout: Checkout,
  at: { readonly base: string; readonly tip: string; readonly culprit: string | null; readonly incident: string },
): Promise<LaterFix | null> {
  const { base, tip, culprit, incident } = at;
  if (base === tip) return null;
  const later = await checkout.commitsBetween(base, tip);
  const named = later.find(({ subject, body }) => `${subject}\n${body}`.includes(incident));
  if (named !== undefined) return fixOf(named, `names ${incident}`, true);
  if (culprit === null || !(await checkout.bringCommit(culprit))) return null;
  const reverted = later.find(({ body }) => body.includes(`This reverts commit ${culprit}`));
  if (reverted !== undefined) return fixOf(reverted, `takes back ${culprit.slice(0, 12)}`, true);
  return linesGone(checkout, { base, tip, culprit });
}

async function linesGone(
  checkout: Checkout,
  { base, tip, culprit }: { readonly base: string; readonly tip: string; readonly culprit: string },
): Promise<LaterFix | null> {
  const written = parseDiff(await checkout.diffOf(culprit)).flatMap(({ newPath, hunks }) => {
    const lines = hunks.flatMap((hunk) => hunk.lines.filter(({ kind }) => kind === "added"));
    const telling = lines.map(({ text }) => text.trim()).filter((text) => text.length >= tellingMin);
    return newPath === null || telling.length === 0 ? [] : [{ path: newPath, telling }];
  });
  let stoodAtBase = false;
  for (const { path, telling } of written) {
    const [before, now] = await Promise.all([checkout.readFile(base, path), checkout.readFile(tip, path)]);
    stoodAtBase ||= holdsAny(before, telling);
    if (holdsAny(now, telling)) return null;
  }
  if (!stoodAtBase) return null;
  const [newest] = await checkout.commitsBetween(
    base,
    tip,
    written.map(({ path }) => path),
  );
  return newest === undefined ? null : fixOf(newest, `leaves no line of ${culprit.slice(0, 12)}`, false);
}

function holdsAny(text: string | null, telling: readonly string[]): boolean {
  if (text === null) return false;
  const lines = new Set(text.split("\n").map((line) => line.trim()));
  return telling.some((line) => lines.has(line));
}

function fixOf({ sha, subject }: BranchCommit, why: string, isStated: boolean): LaterFix {
  return {
    sha,
    isStated,
    reason: `${sha.slice(0, 12)} (${subject.slice(0, 100)}) is on the base branch already and ${why}.`,
  };
}
