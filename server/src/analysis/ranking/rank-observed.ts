import type { HypothesisType } from "@culprit/contract";
import { type Finding, type Subject, subjectKey } from "../inspections/finding.ts";
import { nameOf, type Observed, subjectOfChange } from "../inspections/observed/observed.ts";
import type { ObservedFinding } from "../inspections/observed/observed-finding.ts";
import { learnedOdds } from "../learning/learned-odds.ts";
import type { ObservedChange } from "../observations/observations.ts";
import { sharpness, startingOdds } from "./observed-weights.ts";

/** One explanation of what was observed: a component, with or without the change that explains it, a surge, or none of what is known. */
export interface Alternative {
  readonly subject: Subject;
  /** The component that it makes the cause; null for none. */
  readonly component: string | null;
  readonly change: ObservedChange | null;
  readonly type: HypothesisType;
  readonly findings: readonly ObservedFinding[];
  readonly logOdds: number;
}

/** An alternative with its share of the certainty. */
export interface RankedAlternative extends Alternative {
  /** 0..1; those of all alternatives make 1. */
  readonly share: number;
}

/** Every alternative of one failure, not yet weighed against each other. */
export function alternativesOf(observed: Observed, findings: readonly ObservedFinding[]): Alternative[] {
  const bySubject = new Map<string, ObservedFinding[]>();
  for (const finding of findings) {
    const key = subjectKey(finding.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), finding]);
  }
  const about = (subject: Subject) => bySubject.get(subjectKey(subject)) ?? [];
  const sum = (list: readonly Finding[]) => list.reduce((total, finding) => total + finding.weight, 0);
  const alternatives: Alternative[] = [];
  const add = (one: Omit<Alternative, "logOdds">, start: number) => {
    const taught = learnedOdds(observed.world, { ...one, pattern: patternOf(one) });
    const findings: ObservedFinding[] =
      taught === null || one.subject.kind === "unknown"
        ? [...one.findings]
        : [
            ...one.findings,
            {
              inspection: "learned",
              subject: one.subject,
              feature: "learned",
              value: taught.odds,
              weight: taught.odds,
              text: taught.text,
              evidence: taught.evidence,
            },
          ];
    alternatives.push({ ...one, findings, logOdds: start + sum(findings) });
  };
  const top = observed.scores[0]?.component ?? null;
  for (const { component } of observed.scores) {
    const subject = { kind: "component", key: component } as const;
    const own = about(subject);
    if (own.length === 0) continue;
    add(
      { subject, component, change: null, type: typeOfComponent(observed, component, own), findings: own },
      startingOdds.component,
    );
  }
  for (const change of observed.observations.changes) {
    const subject = subjectOfChange(observed.world, change);
    const said = about(subject);
    if (said.length === 0) continue;
    const component = change.component ?? top;
    const own = component === null ? [] : about({ kind: "component", key: component });
    add({ subject, component, change, type: typeOfChange(change), findings: [...said, ...own] }, startingOdds.change);
  }
  const traffic = about({ kind: "traffic" });
  if (traffic.length > 0)
    add(
      {
        subject: { kind: "traffic" },
        component: entryOf(traffic, observed),
        change: null,
        type: "traffic",
        findings: traffic,
      },
      startingOdds.traffic,
    );
  const unknown = about({ kind: "unknown" });
  add(
    { subject: { kind: "unknown" }, component: null, change: null, type: "unknown", findings: unknown },
    startingOdds.unknown,
  );
  return alternatives;
}

/** What a cause looks like: the kind of its change, or the first pattern that was seen of it. */
export function patternOf({ change, findings }: Pick<Alternative, "change" | "findings">): string | null {
  return change === null ? (patternsOf(findings)[0] ?? null) : `change:${change.kind}`;
}

export function patternsOf(findings: readonly ObservedFinding[]): string[] {
  return findings.flatMap(({ pattern, value }) => (pattern !== undefined && value > 0 ? [pattern] : []));
}

/**
 * Shares one certainty among alternatives by a conditional logit (McFadden 1974), likeliest first; its temperature is fitted apart, so that the share of the
 * first says how often the first is right (temperature scaling, Guo et al. 2017). What people taught is bounded as it is and not scaled.
 */
export function rankAlternatives(alternatives: readonly Alternative[]): RankedAlternative[] {
  const odds = alternatives.map(({ logOdds, findings }) => {
    const taught = findings.find(({ inspection }) => inspection === "learned")?.weight ?? 0;
    return sharpness * (logOdds - taught) + taught;
  });
  const highest = Math.max(...odds);
  const weights = odds.map((one) => Math.exp(one - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return alternatives
    .map((one, at) => ({ ...one, share: (weights[at] ?? 0) / total }))
    .sort((a, b) => b.share - a.share || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1));
}

/** A surge of traffic is a cause at the place where it comes in. */
function entryOf(traffic: readonly ObservedFinding[], observed: Observed): string | null {
  const ref = traffic.find(({ feature }) => feature === "surge" || feature === "storm")?.evidence.ref;
  return (
    observed.observations.series.find((series) => series.ref === ref)?.component ??
    observed.observations.target?.component ??
    null
  );
}

function typeOfChange(change: ObservedChange): HypothesisType {
  switch (change.kind) {
    case "deployment":
    case "rollback":
      return "release";
    case "config":
      return "config";
    case "flag":
      return "flag";
    case "migration":
      return "db";
    case "scaling":
    case "infrastructure":
      return "infra";
  }
}

/** What kind of cause a component without a change is: what was seen of it says, then what it is. */
function typeOfComponent(observed: Observed, key: string, findings: readonly ObservedFinding[]): HypothesisType {
  const component = observed.componentOf.get(key);
  if (component?.isOwned === false || component?.kind === "external") return "dependency";
  if (component?.kind === "host") return "infra";
  const said = [...findings]
    .filter((finding) => finding.cause !== undefined && finding.value > 0.3)
    .sort((a, b) => b.weight - a.weight)[0]?.cause;
  if (component?.kind === "database" && said !== "infra") return "db";
  if (said !== undefined) return said;
  if (component?.kind === "cache" || component?.kind === "queue") return "infra";
  return key === observed.observations.target?.component ? "unknown" : "dependency";
}

const inTrouble = " is in trouble";

/** What a headline blames, as a sentence can take it: "cart is in trouble: its resources run short" is "cart (its resources run short)". */
export function blamedIn({ subject, title }: { readonly subject: Subject; readonly title: string }): string {
  const at = subject.kind === "component" ? title.lastIndexOf(inTrouble) : -1;
  if (at < 0) return title;
  const [, detail] = title.slice(at).split(": ");
  return `${title.slice(0, at)}${detail === undefined ? "" : ` (${detail})`}`;
}

/** The headline of an alternative. */
export function titleOfAlternative(observed: Observed, { subject, component, change, type }: Alternative): string {
  const place = component === null ? "" : nameOf(observed, component);
  switch (subject.kind) {
    case "change":
    case "config_change":
      return titleOfChange(change, place);
    case "component":
      return type === "dependency" && observed.componentOf.get(subject.key)?.isOwned === false
        ? `${place} (run by others)${inTrouble}`
        : `${place}${inTrouble}${type === "infra" ? ": its resources run short" : type === "db" ? ": its queries or connections" : ""}`;
    case "traffic":
      return `More traffic than usual${place === "" ? "" : ` at ${place}`}`;
    case "commit":
    case "rollback":
    case "outside":
    case "named":
    case "unknown":
      return "The cause is not among what was measured";
  }
}

/** The title of a change says by itself what was done, and often where. */
function titleOfChange(change: ObservedChange | null, place: string): string {
  if (change === null) return "A change";
  const isPlaced = change.component === null || change.title.includes(place);
  return `${change.title}${isPlaced ? "" : ` (${change.kind === "config" ? "setting" : change.kind} of ${place})`}`.slice(
    0,
    200,
  );
}
