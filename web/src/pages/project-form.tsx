import { projectInputSchema } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { createProject } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { ProjectKeys } from "./project-keys.tsx";

const field = "h-9 w-full rounded-md border border-edge bg-panel px-3 placeholder:text-ink-3 aria-invalid:border-bad";

/** Creates a project and shows its keys, this once. */
export function ProjectForm() {
  const client = useQueryClient();
  const nameField = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [repository, setRepository] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const creation = useMutation({
    mutationFn: createProject,
    onSuccess: () => client.invalidateQueries({ queryKey: ["projects"] }),
  });
  if (creation.data) {
    const again = () => {
      creation.reset();
      setName("");
      setRepository("");
    };
    return <ProjectKeys project={creation.data} onDone={again} />;
  }
  const submit = () => {
    const repositoryOrNone = repository.trim() === "" ? {} : { repository: repository.trim() };
    const input = projectInputSchema.safeParse({ name: name.trim(), ...repositoryOrNone });
    const issue = input.error?.issues[0];
    setProblem(issue ? `${issue.path.join(".")} ${issue.message}` : null);
    if (issue?.path[0] === "name") nameField.current?.focus();
    if (input.success) creation.mutate({ name: input.data.name, ...repositoryOrNone });
  };
  return (
    <section aria-labelledby="new-project">
      <h2 id="new-project" className="mb-3 text-xl font-semibold tracking-tight">
        New project
      </h2>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="grid gap-1">
          <span className="font-medium">Name</span>
          <input
            ref={nameField}
            className={field}
            value={name}
            placeholder="checkout"
            autoComplete="off"
            required
            aria-invalid={problem !== null}
            aria-describedby="new-project-problem"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="grid gap-1">
          <span className="font-medium">Repository</span>
          <input
            className={`${field} font-mono text-[0.8125rem]`}
            value={repository}
            placeholder="/srv/git/checkout or https://…"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setRepository(event.target.value)}
          />
          <span className="text-xs text-ink-3">
            URL or path of the git repository. Without it Culprit counts and groups, but blames nobody.
          </span>
        </label>
        <p id="new-project-problem" role="alert" className="text-bad empty:hidden">
          {problem}
        </p>
        {creation.error && <FailureNote error={creation.error} />}
        <div>
          <Button type="submit" look="solid" disabled={creation.isPending}>
            {creation.isPending ? "Creating…" : "Create project"}
          </Button>
        </div>
      </form>
    </section>
  );
}
