import type { Autopsy, IncidentDetail } from "@culprit/contract";
import type { ReactNode } from "react";
import { commitAuthor } from "../lib/commit-author.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { reportAdvice } from "../lib/report-advice.ts";
import { patchKindWords } from "../lib/words.ts";
import { cx } from "../ui/cx.ts";
import { CheckIcon, CrossIcon, DashIcon } from "../ui/icons.tsx";
import { MarkedText } from "../ui/marked-text.tsx";
import { Time } from "../ui/time.tsx";
import { isWorking } from "./is-working.ts";
import { hasPullRequestNews, PullRequestMark } from "./pull-request-mark.tsx";

interface VerdictFactsProps {
  readonly incident: IncidentDetail;
  /** Somebody said that this is not the cause, so its advice is only told. */
  readonly isDisputed: boolean;
}

/** Who wrote the culprit, what to do now, whether a patch was proven, and how its pull request stands. */
export function VerdictFacts({ incident, isDisputed }: VerdictFactsProps) {
  const { verdict, culprit_commit: culprit, evidence, report, autopsy } = incident;
  const isBlamed = verdict !== "inconclusive";
  const author = culprit && isBlamed ? commitAuthor(evidence, culprit) : null;
  const advice = report ? reportAdvice(report.markdown) : null;
  return (
    <dl className="mt-4 grid max-w-[80ch] grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {author && (
        <Row name="Author">
          {author.name},{" "}
          <span title={formatInstant(author.at)}>
            {formatInstant(author.at).slice(0, 10)} (<Time at={author.at} />)
          </span>
        </Row>
      )}
      {advice && (
        <Row name={isDisputed ? "Advised" : "Do now"}>
          <a
            href="#report-text"
            title={advice.whole}
            className={cx("hover:underline underline-offset-3", !isDisputed && "font-semibold text-ink")}
          >
            <MarkedText text={advice.action} sha={isBlamed ? culprit : null} mark="" />
          </a>
          {advice.reach && <span className="block">{advice.reach}</span>}
        </Row>
      )}
      <Row name="Patch">
        <PatchMark autopsy={autopsy} isWorking={isWorking(incident)} />
      </Row>
      {hasPullRequestNews(incident.pull_request) && (
        <Row name="Pull request">
          <PullRequestMark pullRequest={incident.pull_request} />
        </Row>
      )}
    </dl>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="eyebrow leading-[1.3rem]">{name}</dt>
      <dd className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

function PatchMark({ autopsy, isWorking }: { readonly autopsy: Autopsy | null; readonly isWorking: boolean }) {
  if (!autopsy) return isWorking ? "No patch yet" : "No patch";
  const { state, reason, look, Icon } = patchState(autopsy);
  return (
    <>
      <a href="#patch" className={cx("link inline-flex items-center gap-1 align-top font-semibold", look)}>
        <Icon className="size-3" />
        {state}
      </a>
      {reason && (
        <span className="line-clamp-2" title={reason}>
          {reason}
        </span>
      )}
    </>
  );
}

function patchState(autopsy: Autopsy) {
  const { patch_diff: diff, patch_kind: kind, patch_applies: applies, proof, proof_reason: reason } = autopsy;
  if (!diff) return { state: "No patch", reason, look: "text-ink-2", Icon: DashIcon };
  const what = kind ? `${patchKindWords[kind]} patch` : "Patch";
  if (autopsy.outdated_reason)
    return {
      state: `${what} of an earlier conclusion`,
      reason: autopsy.outdated_reason,
      look: "text-ink-2",
      Icon: DashIcon,
    };
  if (proof === "green") return { state: `${what} proven`, reason: null, look: "text-good", Icon: CheckIcon };
  if (applies === false) return { state: `${what} does not apply`, reason, look: "text-bad", Icon: CrossIcon };
  return proof === "red"
    ? { state: `${what} not proven`, reason, look: "text-bad", Icon: CrossIcon }
    : { state: `${what} not proven: it was not run`, reason, look: "text-ink-2", Icon: DashIcon };
}
