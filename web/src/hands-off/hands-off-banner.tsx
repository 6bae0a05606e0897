import type { HandsOff, Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readProjects } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Time } from "../ui/time.tsx";
import { useHandsOff } from "./use-hands-off.ts";

/** Says loudly that nothing goes out, why, and how to end that. */
export function HandsOffBanner() {
  const { standing, clear } = useHandsOff();
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => readProjects(signal),
    enabled: standing.some(({ project_id }) => project_id !== null),
    staleTime: 30_000,
  });
  if (standing.length === 0) return null;
  return (
    <aside aria-label="Hands off" className="hands-off mb-4 grid gap-2 rounded-lg border-2 border-bad px-4 py-3">
      {standing.map((one) => (
        <div
          key={one.id}
          role="alert"
          className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded bg-panel px-3 py-2"
        >
          <p className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
            <strong className="text-bad">Hands off: {scopeWords(one, projects.data)}.</strong> {one.reason}{" "}
            <span className="text-xs text-ink-2">
              {one.set_by}, <Time at={one.set_at} />
            </span>
          </p>
          <Button disabled={clear.isPending} onClick={() => clear.mutate(one)}>
            Let it act again
          </Button>
        </div>
      ))}
      {clear.error && <FailureNote error={clear.error} />}
    </aside>
  );
}

function scopeWords({ project_id, service }: HandsOff, projects: readonly Project[] | undefined): string {
  if (project_id === null) return "nothing goes out of Culprit";
  const name = projects?.find(({ id }) => id === project_id)?.name ?? project_id;
  return service === null ? `nothing goes out for ${name}` : `nothing goes out for ${service} of ${name}`;
}
