import type { Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deleteSecret, readSecrets, setSecret } from "../api/secret-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

/** The secrets that templates of a project's workflows name. Their values are sent once and never shown. */
export function SecretsSection({ project }: { readonly project: Project }) {
  const client = useQueryClient();
  const queryKey = ["workflow-secrets", project.id];
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const secrets = useQuery({ queryKey, queryFn: ({ signal }) => readSecrets(project.id, signal), staleTime: 30_000 });
  const again = () => client.invalidateQueries({ queryKey });
  const setting = useMutation({
    mutationFn: () => setSecret(project.id, name, value),
    onSuccess: () => {
      setName("");
      setValue("");
    },
    onSettled: again,
  });
  const removal = useMutation({ mutationFn: (old: string) => deleteSecret(project.id, old), onSettled: again });
  const isKnown = secrets.data?.items.some((secret) => secret.name === name) ?? false;
  return (
    <div className="mt-10 max-w-3xl">
      <Section id="secrets" title="Secrets">
        <p className="-mt-1 mb-3 text-[0.8125rem] text-ink-2">
          A template names them as <code className="font-mono text-[0.9em]">{`\${{ secrets.NAME }}`}</code>. Kept
          encrypted, never shown again and never logged.
        </p>
        {secrets.error && <FailureNote error={secrets.error} />}
        <ul aria-label="Secrets" className="mb-3 overflow-hidden rounded-lg border border-line bg-panel empty:hidden">
          {secrets.data?.items.map((secret) => (
            <li
              key={secret.name}
              className="flex flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 first:border-0"
            >
              <code className="min-w-0 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{secret.name}</code>
              <span className="text-xs text-ink-3">
                set {secret.created_by && `by ${secret.created_by} `}
                <Time at={secret.updated_at} />
              </span>
              <Button
                look="quiet"
                className="ml-auto"
                aria-label={`Delete ${secret.name}`}
                disabled={removal.isPending}
                onClick={() => removal.mutate(secret.name)}
              >
                Delete
              </Button>
            </li>
          ))}
        </ul>
        {removal.error && <FailureNote error={removal.error} />}
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            setting.mutate();
          }}
        >
          <input
            aria-label="Name of the secret"
            placeholder="NAME"
            className={`${smallFieldLook} w-40 flex-1 font-mono`}
            required
            maxLength={100}
            pattern="[A-Za-z_][A-Za-z0-9_]*"
            title="Letters, digits and underscores, no digit first"
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <input
            type="password"
            aria-label="Value of the secret"
            placeholder="value"
            className={`${smallFieldLook} w-40 flex-1 font-mono`}
            required
            autoComplete="new-password"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button type="submit" disabled={setting.isPending}>
            {isKnown ? "Replace" : "Set"}
          </Button>
        </form>
        {setting.error && <FailureNote error={setting.error} title="It was not set." />}
      </Section>
    </div>
  );
}
