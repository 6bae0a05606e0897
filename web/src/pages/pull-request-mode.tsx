import { type PullRequestSettingsPatch, pullRequestModes } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changePullRequestSettings, readPullRequestSettings } from "../api/pull-request-requests.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { PullRequestLimits } from "./pull-request-limits.tsx";

const modeHints = {
  manual: "a person opens them",
  suggest: "people are told, and open them",
  auto: "Culprit opens them itself, within these limits",
} as const;

/** Who opens a project's pull requests, and the limits of `auto`; all else is changed by `culprit pr settings` or the API. */
export function PullRequestModeSelect({ projectId }: { readonly projectId: string }) {
  const client = useQueryClient();
  const queryKey = ["pull-request-settings", projectId];
  const { data: settings } = useQuery({
    queryKey,
    queryFn: ({ signal }) => readPullRequestSettings(projectId, signal),
  });
  const change = useMutation({
    mutationFn: (patch: PullRequestSettingsPatch) => changePullRequestSettings(projectId, patch),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  if (settings === undefined) return null;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-ink-3">
      <label className="inline-flex items-center gap-1.5">
        Pull requests
        <select
          value={settings.mode}
          disabled={change.isPending}
          onChange={(event) => {
            const mode = pullRequestModes.find((one) => one === event.target.value);
            if (mode !== undefined) change.mutate({ mode });
          }}
          className={smallFieldLook}
        >
          {pullRequestModes.map((mode) => (
            <option key={mode} value={mode}>
              {mode}
            </option>
          ))}
        </select>
      </label>
      <span>{modeHints[settings.mode]}</span>
      {settings.mode === "auto" && (
        <PullRequestLimits settings={settings} isPending={change.isPending} onChange={change.mutate} />
      )}
      {change.error && <FailureNote error={change.error} />}
    </div>
  );
}
