import type { GatePolicyView } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tryPolicy, writePolicy } from "../api/detection-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { areaLook, smallFieldLook } from "../ui/field.ts";
import type { Settings } from "./flat-settings.ts";
import { HistoryView } from "./history-view.tsx";
import { ReasonField } from "./reason-field.tsx";
import { SettingFields } from "./setting-fields.tsx";
import { useBrokenFields } from "./use-broken-fields.ts";

interface PolicyFormProps {
  readonly project: string;
  /** Where it starts from. */
  readonly from: GatePolicyView;
  readonly onSaved: () => void;
}

/** Drafts a policy, by form or as JSON, tries it on history, and keeps it; it decides nothing before somebody lets it. */
export function PolicyForm({ project, from, onSaved }: PolicyFormProps) {
  const client = useQueryClient();
  const broken = useBrokenFields();
  const [policy, setPolicy] = useState<Settings>(from.policy);
  const [json, setJson] = useState<string | null>(null);
  const [days, setDays] = useState(14);
  const [reason, setReason] = useState("");
  const trial = useMutation({ mutationFn: () => tryPolicy(project, policy, days) });
  const save = useMutation({
    mutationFn: () => writePolicy(project, policy, reason.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["policies"] });
      onSaved();
    },
  });
  const change = (next: Settings) => {
    setPolicy(next);
    // What was tried is no longer what stands in the form.
    trial.reset();
  };
  const isBroken = broken.sentences.length > 0;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2">
        It starts from version {from.version}, {from.version === 0 ? "which is built in" : from.reason}.
        <Button
          look="quiet"
          className="ml-auto"
          onClick={() => {
            broken.reset();
            setJson(json === null ? JSON.stringify(policy, null, 2) : null);
          }}
        >
          {json === null ? "As JSON" : "As a form"}
        </Button>
      </p>
      {json === null ? (
        <SettingFields settings={policy} onChange={change} onBroken={broken.report} />
      ) : (
        <textarea
          aria-label="Policy as JSON"
          rows={18}
          spellCheck={false}
          className={`${areaLook} font-mono text-xs`}
          value={json}
          onChange={(event) => {
            setJson(event.target.value);
            try {
              change(JSON.parse(event.target.value) as Settings);
              broken.report("policy", null);
            } catch {
              broken.report("policy", "is no JSON");
            }
          }}
        />
      )}
      <div className="grid gap-3 border-t border-line pt-4">
        <div className="flex flex-wrap items-center gap-2 text-[0.8125rem]">
          <Button disabled={trial.isPending || isBroken} onClick={() => trial.mutate()}>
            {trial.isPending ? "Trying…" : "Try on history"}
          </Button>
          <label className="flex items-center gap-2">
            of the last
            <select
              className={smallFieldLook}
              value={days}
              onChange={(event) => {
                setDays(Number(event.target.value));
                trial.reset();
              }}
            >
              {[7, 14, 30, 90].map((count) => (
                <option key={count} value={count}>
                  {count} days
                </option>
              ))}
            </select>
          </label>
        </div>
        {trial.error && <FailureNote error={trial.error} />}
        {trial.data && <HistoryView history={trial.data} />}
      </div>
      <ReasonField value={reason} onChange={setReason} placeholder="fewer calls at night" />
      {isBroken && <p className="text-[0.8125rem] text-bad">{broken.sentences.join(" ")}</p>}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="solid" disabled={save.isPending || isBroken || reason.trim() === ""}>
          Keep as a draft
        </Button>
        <span className="text-xs text-ink-3">It decides nothing until you activate it.</span>
      </div>
      {save.error && <FailureNote error={save.error} />}
    </form>
  );
}
