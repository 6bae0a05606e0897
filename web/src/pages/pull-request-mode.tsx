import { type PullRequestMode, pullRequestModes } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changePullRequestSettings, readPullRequestSettings } from "../api/pull-request-requests.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";

const modeHints = { manual: "a person opens them", suggest: "people are told, and open them" } as const;

/** Who opens a project's pull requests. The limits of `auto` are changed by `culprit pr settings` or the API. */
export function PullRequestModeSelect({ projectId }: { readonly projectId: string }) {
  const client = useQueryClient();
  const queryKey = ["pull-request-settings", projectId];
  const { data: settings } = useQuery({
    queryKey,
    queryFn: ({ signal }) => readPullRequestSettings(projectId, signal),
  });
  const change = useMutation({
    mutationFn: (mode: PullRequestMode) => changePullRequestSettings(projectId, { mode }),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  if (settings === undefined) return null;
  const { min_events: events, min_confidence: confidence, daily_max: daily } = settings;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-ink-3">
      <label className="inline-flex items-center gap-1.5">
        Pull requests
        <select
          value={settings.mode}
          disabled={change.isPending}
          onChange={(event) => {
            const mode = pullRequestModes.find((one) => one === event.target.value);
            if (mode !== undefined) change.mutate(mode);
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
      <span>
        {settings.mode === "auto"
          ? `at most ${daily} a day, of failures seen ${events === 1 ? "once" : `${events} times`} or more${confidence > 0 ? `, from a confidence of ${confidence} on` : ""}`
          : modeHints[settings.mode]}
      </span>
      {change.error && <FailureNote error={change.error} />}
    </div>
  );
}
