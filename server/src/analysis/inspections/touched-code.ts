import { isOnlyLiterals, tokensOf } from "../blame/change-substance.ts";
import { namesOf } from "../blame/source-context.ts";
import type { RegionTouch } from "../blame/track-regions.ts";
import { callOf } from "../world/called-code.ts";
import type { World } from "../world/world.ts";
import { atFailure, commitEvidence, type Inspected } from "./context.ts";
import type { Finding } from "./finding.ts";

interface Reason {
  readonly isDirect: boolean;
  /** The failing line itself. */
  readonly isLine: boolean;
  readonly weight: number;
  readonly text: string;
  readonly path: string;
}

/**
 * Which commits of the deployed range changed the failing lines, what stands beside them, the function around them, or
 * code that they call: insertions and pure deletions too. The reasons stand strongest first: what is direct, then the failing
 * lines, then by weight.
 */
export function touchedCode({ world, candidates, touches, nearTouches }: Inspected): Finding[] {
  const bySha = new Map<string, Reason[]>();
  const add = (sha: string, reason: Reason) => bySha.set(sha, [...(bySha.get(sha) ?? []), reason]);
  for (const touch of touches) {
    const region = world.regions[touch.region];
    const about = reasonOf(region, touch);
    if (about === null || region === undefined) continue;
    const reason: Reason = {
      ...about,
      isDirect: isDirect(world, region, touch),
      isLine: region.kind === "line" && touch.changed.some((line) => line.kind === "added"),
    };
    // Of several changes to what made the value, the one that speaks of the property that is missing is the nearer.
    const isWanted =
      region.kind !== "line" &&
      touch.changed.some((line) => tokensOf(line.text).some((token) => region.wanted.includes(token)));
    add(touch.sha, isWanted ? { ...reason, weight: reason.weight + 0.6 * region.weight } : reason);
  }
  for (const touch of nearTouches) {
    const region = world.regions[touch.region];
    if (region !== undefined)
      add(touch.sha, {
        weight: 1.6 * region.weight,
        text: `it changed code within three lines of ${region.label}`,
        path: touch.path,
        isDirect: region.weight >= atFailure && changesItsCondition(lineAt(world, region), touch),
        isLine: false,
      });
  }
  return candidates.flatMap((commit): Finding[] => {
    const reasons = [...(bySha.get(commit.sha) ?? [])].sort(
      (a, b) => Number(b.isDirect) - Number(a.isDirect) || Number(b.isLine) - Number(a.isLine) || b.weight - a.weight,
    );
    if (reasons.length === 0) return [];
    // Several ways to the same change are hardly more than one.
    const best = Math.max(...reasons.map((reason) => reason.weight));
    const others = reasons.reduce((sum, reason) => sum + reason.weight, -best);
    const texts = [...new Set(reasons.map((reason) => reason.text))].slice(0, 3);
    return [
      {
        inspection: "touched_code",
        subject: { kind: "commit", sha: commit.sha },
        weight: best + Math.min(1, 0.2 * others),
        text: texts.join("; "),
        evidence: commitEvidence(commit, [...new Set(reasons.map((reason) => reason.path))]),
        isDirect: reasons.some((reason) => reason.isDirect),
        cause: "release",
      },
    ];
  });
}

const handedMin = 0.84;

/**
 * Whether a change is of the failing line of the innermost frame, of a caller's call that handed the failing value in, or of
 * what gives the innermost line its values: lines of its function, and what they call where a caller can see the change.
 */
function isDirect(world: World, region: World["regions"][number], touch: RegionTouch): boolean {
  const added = touch.changed.filter((line) => line.kind === "added");
  const removed = touch.changed.filter((line) => line.kind === "removed");
  const text = lineAt(world, region);
  switch (region.kind) {
    case "line": {
      if (region.weight >= atFailure) {
        // What a thrown error says did not make it be thrown.
        if (removed.some((line) => throwing.test(line.text)) && conditionsOf(removed) === conditionsOf(added))
          return false;
        if (added.length > 0) return true;
        // A guard or a value that was taken away beside the line, of a name that the line uses.
        const names = new Set(namesOf(text));
        return removed.some(
          (line) =>
            /\b(?:if|unless|assert\w*)\b|\?\?|\|\||&&|[^=!<>]=[^=>]/.test(line.text) &&
            namesOf(line.text).some((name) => names.has(name)),
        );
      }
      const at = world.frames.findIndex((frame) => frame.path === region.path && frame.line === region.first);
      const inner = world.frames[at - 1]?.function?.split(/[.\s]/).at(-1) ?? "";
      const call = region.weight >= handedMin && inner !== "" ? callOf(text, inner) : null;
      return call !== null && added.length > 0 && !removed.some((line) => line.text.includes(call));
    }
    case "feeding":
      return region.weight >= atFailure;
    case "called":
      return region.weight >= atFailure && !isOnlyLiterals(touch.changed) && isSeenByCallers(touch);
    default:
      return false;
  }
}

const throwing = /\b(?:throw|raise)\b/;

function lineAt(world: World, region: World["regions"][number]): string {
  return (world.sources.get(region.path) ?? "").split("\n")[region.first - 1] ?? "";
}

/** What stands before the throwing on lines that throw. */
function conditionsOf(lines: RegionTouch["changed"]): string {
  return lines.flatMap(({ text }) => (throwing.test(text) ? [(text.split(throwing)[0] ?? "").trim()] : [])).join("\n");
}

/** Whether the condition just above a line that throws was written or changed. */
function changesItsCondition(text: string, touch: RegionTouch): boolean {
  return (
    /^\s*(?:throw|raise)\b/.test(text) &&
    touch.changed.some(
      (line) =>
        line.kind === "added" && line.newLine === touch.first - 1 && /\b(?:if|elif|else|case|unless)\b/.test(line.text),
    )
  );
}

/** What a caller sees of a function is its head and what it returns. */
function isSeenByCallers(touch: RegionTouch): boolean {
  return touch.changed.some(
    (line) => line.newLine === touch.first || /\b(?:return|yield|throw|async|await)\b|=>/.test(line.text),
  );
}

function reasonOf(
  region: World["regions"][number] | undefined,
  touch: RegionTouch,
): Omit<Reason, "isDirect" | "isLine"> | null {
  if (region === undefined) return null;
  const { path } = touch;
  const isDeletion = touch.changed.every((line) => line.kind === "removed");
  const taken = isDeletion ? "took code out of" : touch.isNew ? "brought" : "changed";
  switch (region.kind) {
    case "line":
      // A deletion leaves the line as it was: it stood before or behind it.
      return {
        weight: 3 * region.weight,
        text: `it ${touch.isNew ? "wrote" : isDeletion ? "took code out beside" : "changed"} ${region.label}`,
        path,
      };
    case "feeding":
      return { weight: 2.6 * region.weight, text: `it changed ${region.label}`, path };
    case "function":
      return { weight: (touch.isNew ? 2.4 : 1.8) * region.weight, text: `it ${taken} ${region.label}`, path };
    case "called": {
      const strength = isOnlyLiterals(touch.changed) ? 1.3 : isSeenByCallers(touch) ? 2.7 : 2.2;
      return { weight: strength * region.weight, text: `it ${taken} ${region.label}`, path };
    }
    case "file_scope":
      return { weight: 1.2 * region.weight, text: `it changed ${region.label}`, path };
  }
}
