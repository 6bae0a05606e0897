import type { IntegrationTypeDescription, Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createIntegration, readIntegrationTypes } from "../api/integration-requests.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { BackLink } from "../ui/back-link.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { useTitle } from "../ui/use-title.ts";
import { hasSecrets, type IntegrationEntry, IntegrationFields } from "./integration-fields.tsx";

/** Connects something: a form made from what its type needs to know. */
export function NewIntegrationPage({ type: name }: { readonly type: string }) {
  const chosen = useProject();
  const types = useQuery({
    queryKey: ["integration-types"],
    queryFn: ({ signal }) => readIntegrationTypes(signal),
    staleTime: 300_000,
  });
  const type = types.data?.items.find((one) => one.type === name);
  useTitle(type ? `Connect ${type.title}` : "Connect");
  return (
    <>
      <BackLink to="/integrations">All integrations</BackLink>
      {types.error && <FailureNote error={types.error} />}
      {types.data && !type && <p className="text-bad">There is no type of integration called {name}.</p>}
      {type && (
        <>
          <PageHead title={`Connect ${type.title}`} note={<span className="whitespace-pre-line">{type.help}</span>}>
            <ProjectSelect chosen={chosen} />
          </PageHead>
          <WithProject chosen={chosen}>
            {(project) => <ConnectForm key={project.id} project={project} type={type} />}
          </WithProject>
        </>
      )}
    </>
  );
}

interface ConnectFormProps {
  readonly project: Project;
  readonly type: IntegrationTypeDescription;
}

function ConnectForm({ project, type }: ConnectFormProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [entry, setEntry] = useState<IntegrationEntry>({ name: type.type, config: {}, credentials: {} });
  const creation = useMutation({
    mutationFn: () => {
      const { credentials, ...rest } = entry;
      return createIntegration(project.id, { type: type.type, ...rest, ...(hasSecrets(type) ? { credentials } : {}) });
    },
    onSuccess: (integration) => {
      void client.invalidateQueries({ queryKey: ["integrations"] });
      client.setQueryData(["integration", integration.id], integration);
      void navigate({ to: "/integrations/$id", params: { id: integration.id } });
    },
  });
  return (
    <form
      className="grid max-w-2xl gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        creation.mutate();
      }}
    >
      <IntegrationFields
        type={type}
        entry={entry}
        onChange={setEntry}
        nameHint="What workflows call it."
        secretsNote="Kept encrypted, never shown again and never logged."
      />
      {creation.error && <FailureNote error={creation.error} title="It was not connected." />}
      <div>
        <Button type="submit" look="solid" disabled={creation.isPending}>
          {creation.isPending ? "Connecting…" : "Connect"}
        </Button>
      </div>
    </form>
  );
}
