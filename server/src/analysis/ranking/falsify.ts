import type { HypothesisType } from "@culprit/contract";
import type { Subject } from "../inspections/finding.ts";

/** What a falsification test is written from. */
export interface Falsifiable {
  readonly subject: Subject;
  readonly type: HypothesisType;
  readonly title: string;
  /** The component that is blamed, by name, or null. */
  readonly place: string | null;
  readonly isOwned: boolean | null;
}

/** One sentence: what would prove a hypothesis wrong, and where to look. */
export function falsificationTest({ subject, type, title, place, isOwned }: Falsifiable): string {
  const where = place ?? "the service";
  switch (subject.kind) {
    case "commit":
      return `Wrong if the same failure is found on a revision without ${subject.sha.slice(0, 10)} (occurrences by revision), or goes on after that commit is reverted.`;
    case "rollback":
      return "Wrong if the failure goes on after the newer revision is deployed again, or is found in occurrences from before the rollback.";
    case "config_change":
      return "Wrong if the failure goes on after the old values are set back, or is found in occurrences from before the change.";
    case "change":
      return type === "flag"
        ? `Wrong if requests without the flag fail as often as those with it, or the trouble goes on after it is switched off (series of ${where}).`
        : type === "db"
          ? `Wrong if the queries that the migration touches are as fast as before (slow statements and query times of ${where}).`
          : `Wrong if the series of ${where} moved before "${title.slice(0, 80)}", if instances without it show the same, or if the trouble goes on after it is taken back.`;
    case "component":
      if (isOwned === false)
        return `Wrong if ${where} answers other callers, and its own status page, as usual: then the fault is in how it is called (timeouts, credentials, network).`;
      if (type === "infra")
        return `Wrong if the trouble goes on while ${where} has resources to spare, or if its resources ran short only after the trouble began (cpu, memory and restarts of ${where}).`;
      if (type === "db")
        return `Wrong if query times and connections of ${where} were as usual when the first caller slowed down.`;
      return `Wrong if ${where} answers as usual when it is called directly, or if something that it calls regressed earlier (traces of ${where}).`;
    case "outside":
      return `Wrong if ${subject.target ?? "the other system"} answered other callers at that time (its status, and calls of other services to it).`;
    case "traffic":
      return `Wrong if the trouble goes on at the usual rate of requests, or began before the rate rose (request rate${place === null ? "" : ` of ${place}`} beside errors and latency).`;
    case "named":
      return "Wrong if the trouble goes on after this is mended, or was there before it began.";
    case "unknown":
      return "Wrong if any component or change listed here turns out to have moved first.";
  }
}
