import type { IncidentDetail } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { investigateAgain, moveIncident } from "../api/requests.ts";
import { DecideForm } from "../detection/decide-form.tsx";
import { Button } from "../ui/button.tsx";
import { RegressionMark, StatusWord } from "../ui/chips.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { SeverityMark } from "../ui/severity-mark.tsx";
import { isLeftAlone, isRunning } from "./is-working.ts";

/** What failed, where the incident stands, and the button that moves it. */
export function IncidentHead({ incident }: { readonly incident: IncidentDetail }) {
  const client = useQueryClient();
  const isResolved = incident.status === "resolved";
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["incident", incident.id] }),
      client.invalidateQueries({ queryKey: ["feedback", incident.id] }),
      client.invalidateQueries({ queryKey: ["incidents"] }),
    ]);
  const move = useMutation({
    mutationFn: () => moveIncident(incident.id, isResolved ? "open" : "resolved"),
    onSettled: refresh,
  });
  const again = useMutation({ mutationFn: () => investigateAgain(incident.id), onSettled: refresh });
  const words = isResolved ? "Reopen" : "Resolve";
  return (
    <header className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <h1 className="line-clamp-4 text-base leading-6 font-semibold [overflow-wrap:anywhere]" title={incident.title}>
          {incident.title}
        </h1>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2">
          <span className="inline-flex items-center gap-1.5">
            <SeverityMark severity={incident.severity} />
            <span aria-hidden="true">{incident.severity}</span>
          </span>
          <span>
            {incident.service === null ? (
              "no service"
            ) : (
              <Link
                to="/services"
                search={{
                  ...{ project: incident.project_id, service: incident.service, environment: incident.environment },
                }}
                className="hover:underline"
              >
                {incident.service}
              </Link>
            )}{" "}
            · {incident.environment}
          </span>
          <StatusWord status={incident.status} isLeftAlone={isLeftAlone(incident)} isPart={incident.part_of !== null} />
          {incident.is_regression && <RegressionMark />}
        </p>
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {!isResolved && (
          <Button look="quiet" disabled={again.isPending || isRunning(incident)} onClick={() => again.mutate()}>
            Investigate again
          </Button>
        )}
        {!isResolved && incident.status !== "suppressed" && !isRunning(incident) && (
          <DecideForm decision="suppress" incidentId={incident.id} />
        )}
        {incident.part_of === null && (
          <Button
            look={isResolved ? "plain" : "solid"}
            className="min-w-20"
            disabled={move.isPending}
            onClick={() => move.mutate()}
          >
            {words}
          </Button>
        )}
      </div>
      {again.error && (
        <div className="basis-full">
          <FailureNote error={again.error} title="Investigating again did not work." />
        </div>
      )}
      {move.error && (
        <div className="basis-full">
          <FailureNote error={move.error} title={`${words} did not work.`} />
        </div>
      )}
    </header>
  );
}
