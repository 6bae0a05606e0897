import type { Verdict } from "@culprit/contract";

const charsMax = 600;

/** What a headline names, and the reasons for it in words, the one that convinces most first. */
export interface Headline {
  readonly verdict: Exclude<Verdict, "inconclusive">;
  /** A phrase or a sentence without its stop: `cart began to run 4.2.0`. */
  readonly what: string;
  /** The component that is blamed, by name; a reason need not say it again. */
  readonly place: string | null;
  readonly reasons: readonly string[];
}

/**
 * The cause in one line, as lists and messages show it: `Likely cause: cart began to run 4.2.0, 3 s before the trouble began; 100 % of it arises there.` What is blamed may
 * be a sentence of its own, so it stands behind a colon and never as the subject of another. Of each reason its first clause is told, without labels and
 * robust statistics: the page and the report have them all.
 */
export function headlineOf({ verdict, what, place, reasons }: Headline): string {
  const told = reasons.map((reason) => plainly(reason, what, place)).filter((reason) => reason !== "");
  const line = told.reduce((sofar, reason) => `${sofar}${isDistance(reason) ? ", " : "; "}${reason}`, what);
  return `${verdict === "confirmed" ? "Cause" : "Likely cause"}: ${line}.`.slice(0, charsMax);
}

function plainly(reason: string, what: string, place: string | null): string {
  const [clause = ""] = reason.replace(/^.*? \([a-z]+\) was made (?=.* before the trouble began)/, "").split("; ");
  const own = [what, place].find((name) => name !== null && clause.startsWith(`${name}: `));
  return (own ? clause.slice(own.length + 2) : clause)
    .replace(/\{[^{}]*=[^{}]*\}/g, "")
    .replace(/ \(worst tenth [^)]*\)/, "")
    .replace(/, (?:over )?[\d.]+ robust standard deviations$/, "")
    .replace(/ arises here$/, " arises there");
}

function isDistance(reason: string): boolean {
  return / before the trouble began/.test(reason);
}
