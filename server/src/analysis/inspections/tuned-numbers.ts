import { normaliseLine } from "../blame/change-substance.ts";
import type { DiffLine } from "../diff/parse-diff.ts";
import { changesNothing, commitEvidence, type Inspected, isCodePath } from "./context.ts";
import type { Finding } from "./finding.ts";

/** Errors that say something is not there, or is not the kind of thing that is needed. */
const missingThing =
  /\b(?:undefined|null|None(?:Type)?|nil)\b|\bis not (?:a function|iterable|callable|defined|subscriptable)\b|\bhas no attribute\b|\bNullPointer|\bno such key\b|\bKeyError\b/;

/** `key: 12` or `key = 12`: a number that is data, neither an index, an argument nor a bound. */
const numberOfData = /([:=])-?\d[\d_.]*(?=[,;})\]]|$)/g;

/** Commits whose code differs in nothing but such numbers, where the failure is that something is missing: a number is always there. */
export function tunedNumbers({ world, candidates }: Inspected): Finding[] {
  const root = world.incident.exceptions.at(-1);
  if (root === undefined || !missingThing.test(`${root.type}: ${root.message}`)) return [];
  return candidates.flatMap((commit): Finding[] => {
    const code = commit.files.filter((file) => isCodePath(file.newPath ?? file.oldPath ?? ""));
    const lines = code.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
    if (changesNothing(commit) || !isOnlyNumbersOfData(lines)) return [];
    return [
      {
        inspection: "tuned_numbers",
        subject: { kind: "commit", sha: commit.sha },
        weight: -2.5,
        text: "its code differs in nothing but the value of numbers, which can't make something missing",
        evidence: commitEvidence(commit),
      },
    ];
  });
}

function isOnlyNumbersOfData(lines: readonly DiffLine[]): boolean {
  const side = (kind: DiffLine["kind"]) =>
    lines
      .filter((line) => line.kind === kind)
      .map((line) => normaliseLine(line.text).replace(numberOfData, (_all, sign: string) => `${sign}0`))
      .sort()
      .join("\n");
  const [before, after] = [side("removed"), side("added")];
  return before !== "" && before === after;
}
