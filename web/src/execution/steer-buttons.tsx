import type { ExecutionDetail } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ExecutionVerb, steerExecution } from "../api/execution-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { isUnfinished } from "./run-state.ts";

/** Pause, resume, cancel, or run again, as the execution allows. */
export function SteerButtons({ execution }: { readonly execution: ExecutionDetail }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const steer = useMutation({
    mutationFn: (verb: ExecutionVerb) => steerExecution(execution.id, verb),
    onSuccess: (id) => {
      if (id !== null && id !== execution.id) void navigate({ to: "/executions/$id", params: { id } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["execution"] }),
  });
  const button = (verb: ExecutionVerb, words: string, look: "plain" | "danger" = "plain") => (
    <Button look={look} disabled={steer.isPending} onClick={() => steer.mutate(verb)}>
      {words}
    </Button>
  );
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2 sm:justify-end">
        {isUnfinished(execution) ? (
          <>
            {execution.is_paused ? button("resume", "Resume") : button("pause", "Pause")}
            {button("cancel", "Cancel", "danger")}
          </>
        ) : (
          button("retry", execution.status === "completed" ? "Run again" : "Retry")
        )}
      </div>
      {steer.error && <FailureNote error={steer.error} />}
    </div>
  );
}
