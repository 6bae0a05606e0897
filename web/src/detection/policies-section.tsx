import type { GatePolicyView, Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { movePolicy, readPolicies, readShadow, tryPolicy } from "../api/detection-requests.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";
import { flatten } from "./flat-settings.ts";
import { Differences, HistoryView } from "./history-view.tsx";
import { PolicyForm } from "./policy-form.tsx";
import { settingWords } from "./setting-words.ts";

const statusWords = { draft: "Draft", shadow: "In shadow", active: "Decides now", retired: "Retired" } as const;
const historyDays = 14;

/** What the gate decides by: the policy that stands, others as drafts or in shadow, and what each would have decided. */
export function PoliciesSection({ project }: { readonly project: Project }) {
  const [isDrafting, setDrafting] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["policies", project.id],
    queryFn: ({ signal }) => readPolicies(project.id, signal),
    refetchInterval: 30_000,
  });
  const active = data?.find(({ status }) => status === "active") ?? data?.find(({ version }) => version === 0);
  return (
    <Section
      id="policies"
      title="What the gate decides by"
      aside={
        active && (
          <Button className="ml-auto" onClick={() => setDrafting(true)}>
            Draft a policy…
          </Button>
        )
      }
    >
      {error && <FailureNote error={error} />}
      {data && (
        <ul aria-label="Policies" className="overflow-hidden rounded-lg border border-line bg-panel">
          {data
            .toSorted((a, b) => Number(b === active) - Number(a === active) || b.version - a.version)
            .map((policy) => (
              <PolicyRow key={policy.version} project={project.id} policy={policy} isActive={policy === active} />
            ))}
        </ul>
      )}
      <Dialog
        title="Draft a policy"
        isOpen={isDrafting && active !== undefined}
        onClose={() => setDrafting(false)}
        isWide
      >
        {active && <PolicyForm project={project.id} from={active} onSaved={() => setDrafting(false)} />}
      </Dialog>
    </Section>
  );
}

interface PolicyRowProps {
  readonly project: string;
  readonly policy: GatePolicyView;
  readonly isActive: boolean;
}

function PolicyRow({ project, policy, isActive }: PolicyRowProps) {
  const client = useQueryClient();
  const { version, status } = policy;
  const move = useMutation({
    mutationFn: (to: "shadow" | "active" | "retired") => movePolicy(project, version, to),
    onSettled: () => client.invalidateQueries({ queryKey: ["policies"] }),
  });
  const trial = useMutation({ mutationFn: () => tryPolicy(project, policy.policy, historyDays) });
  const name = version === 0 ? "The built-in policy" : `Version ${version}`;
  return (
    <li className="grid gap-2 border-t border-line px-4 py-2.5 first:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <div className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]">
          <h3 className="flex flex-wrap items-center gap-x-2 font-semibold">
            {name}
            <Tag>{isActive ? statusWords.active : version === 0 ? "Built in" : statusWords[status]}</Tag>
          </h3>
          <p className="text-xs text-ink-3">
            {policy.reason}
            {policy.set_by && `, by ${policy.set_by}`}
            {policy.created_at && (
              <>
                {" "}
                <Time at={policy.created_at} />
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button disabled={trial.isPending} onClick={() => trial.mutate()} aria-label={`Try ${name} on history`}>
            {trial.isPending ? "Trying…" : "Try on history"}
          </Button>
          {!isActive && version !== 0 && status !== "shadow" && (
            <Button disabled={move.isPending} onClick={() => move.mutate("shadow")} aria-label={`Shadow ${name}`}>
              Run in shadow
            </Button>
          )}
          {status === "shadow" && (
            <Button look="quiet" disabled={move.isPending} onClick={() => move.mutate("retired")}>
              Stop
            </Button>
          )}
          {!isActive && (
            <Button
              look="solid"
              disabled={move.isPending}
              onClick={() => move.mutate("active")}
              aria-label={`Activate ${name}`}
            >
              Activate
            </Button>
          )}
        </div>
      </div>
      {move.error && <FailureNote error={move.error} />}
      {trial.error && <FailureNote error={trial.error} />}
      {trial.data && <HistoryView history={trial.data} />}
      {status === "shadow" && <ShadowView project={project} version={version} />}
      <Fold summary="What it says">
        <dl className="grid gap-x-6 gap-y-1 text-[0.8125rem] sm:grid-cols-2">
          {flatten(policy.policy).map(([path, value]) => (
            <div key={path} className="flex items-baseline justify-between gap-3 border-b border-line py-0.5">
              <dt className="min-w-0 text-ink-2">
                {settingWords(path).label}{" "}
                {settingWords(path).unit && <span className="text-ink-3">({settingWords(path).unit})</span>}
              </dt>
              <dd className="text-right [overflow-wrap:anywhere]">{valueWords(value)}</dd>
            </div>
          ))}
        </dl>
      </Fold>
    </li>
  );
}

function ShadowView({ project, version }: { readonly project: string; readonly version: number }) {
  const { data, error } = useQuery({
    queryKey: ["shadow", project, version],
    queryFn: ({ signal }) => readShadow(project, version, signal),
    refetchInterval: 30_000,
  });
  if (error) return <FailureNote error={error} />;
  if (!data) return null;
  return data.length === 0 ? (
    <p className="text-[0.8125rem] text-ink-2">In shadow it has decided nothing otherwise yet.</p>
  ) : (
    <Differences items={data} />
  );
}

function valueWords(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return String(value);
}
