import type { IncidentDetail } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import { readIncident } from "../api/requests.ts";
import { BackLink } from "../ui/back-link.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { Decisions } from "./decisions.tsx";
import { ExecutionSteps } from "./execution-steps.tsx";
import { Facts } from "./facts.tsx";
import { FiredSeries } from "./fired-series.tsx";
import { Hypotheses } from "./hypotheses.tsx";
import { IncidentHead } from "./incident-head.tsx";
import { isWorking } from "./is-working.ts";
import { Occurrences } from "./occurrences.tsx";
import { PartOfNote, PartsNote } from "./parts-note.tsx";
import { Patch } from "./patch.tsx";
import { Payload } from "./payload.tsx";
import { Proof } from "./proof.tsx";
import { PullRequests } from "./pull-requests.tsx";
import { Report } from "./report.tsx";
import { runningProof } from "./running-proof.ts";
import { Stack } from "./stack.tsx";
import { SuppressedNote } from "./suppressed-note.tsx";
import { VerdictPanel } from "./verdict-panel.tsx";
import { WhatChanged } from "./what-changed.tsx";

const CulpritMap = lazy(() => import("./culprit-map.tsx"));
const Autopsy = lazy(() => import("./autopsy.tsx"));
const Feedback = lazy(() => import("./feedback.tsx"));
const HandOver = lazy(() => import("../hand-over/hand-over.tsx"));
const LiveProof = lazy(() => import("./live-proof.tsx"));

/** All that is known of one incident, read every second while Culprit works on it and every ten after that. */
export function IncidentPage({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  useKeys({ u: () => void navigate({ to: "/" }) });
  const { data: incident, error } = useQuery({
    queryKey: ["incident", id],
    queryFn: ({ signal }) => readIncident(id, signal),
    refetchInterval: (query) => {
      if (query.state.error instanceof ApiFailure && query.state.error.status === 404) return false;
      return query.state.data && isWorking(query.state.data) ? 1000 : 10_000;
    },
  });
  useTitle(incident?.title ?? "Incident");
  return (
    <>
      <BackLink to="/">All incidents</BackLink>
      <ReadFailure error={error} hasData={incident !== undefined} />
      {incident ? (
        <Incident incident={incident} />
      ) : error ? null : (
        <p role="status" className="min-h-dvh text-ink-3">
          Loading…
        </p>
      )}
    </>
  );
}

/** Goes to the part that the address names, which opens what is folded around it: it was not there when the page was loaded. */
function goToNamedPart(): void {
  const { hash } = window.location;
  if (hash.length < 2) return;
  const part = document.getElementById(hash.slice(1));
  const fold = part?.closest("details");
  if (fold) fold.open = true;
  part?.scrollIntoView();
}

function Incident({ incident }: { readonly incident: IncidentDetail }) {
  useEffect(goToNamedPart, []);
  // Of what a detector opened the count of firings says little; of an error with a stack the series are another view.
  const hasStack = incident.frames.length > 0 || Boolean(incident.stack_trace);
  const component = incident.hypotheses.find(({ rank }) => rank === 1)?.component ?? null;
  const proving = runningProof(incident);
  return (
    <article aria-label={incident.title}>
      <IncidentHead incident={incident} />
      {incident.part_of && <PartOfNote whole={incident.part_of} decisions={incident.decisions} />}
      {incident.parts.length > 0 && <PartsNote parts={incident.parts} />}
      {incident.status === "suppressed" && <SuppressedNote incident={incident} />}
      <VerdictPanel incident={incident} />
      <Facts incident={incident} />
      <div className="mt-9 grid gap-x-12 gap-y-10 xl:grid-cols-[minmax(0,1fr)_18.5rem]">
        <div className="grid min-w-0 content-start gap-10">
          {!hasStack && <FiredSeries incident={incident} />}
          <Occurrences incident={incident} />
          {hasStack && <Stack incident={incident} />}
          {hasStack && <FiredSeries incident={incident} />}
          {component !== null && (
            <Suspense fallback={null}>
              <CulpritMap incident={incident} component={component} />
            </Suspense>
          )}
          <WhatChanged incident={incident} />
          <Hypotheses incident={incident} />
          <Suspense fallback={null}>
            <Autopsy incident={incident} />
          </Suspense>
          {incident.autopsy && <Patch autopsy={incident.autopsy} />}
          {proving ? (
            <Suspense fallback={null}>
              <LiveProof {...proving} />
            </Suspense>
          ) : (
            incident.autopsy && <Proof autopsy={incident.autopsy} />
          )}
          {incident.autopsy && <PullRequests incident={incident} />}
          <Suspense fallback={null}>
            <Feedback incident={incident} />
          </Suspense>
          <Report incident={incident} />
          {incident.last_payload && <Payload payload={incident.last_payload} />}
        </div>
        <div className="grid min-w-0 content-start gap-10">
          <Suspense fallback={null}>
            <HandOver incident={incident} />
          </Suspense>
          <ExecutionSteps incident={incident} />
          <Decisions decisions={incident.decisions} />
        </div>
      </div>
    </article>
  );
}
