import type { IntegrationTypeDescription, Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createIntegration, readIntegrationTypes } from "../api/integration-requests.ts";
import type { JsonSchema } from "../lib/json-schema.ts";
import { schemaFields } from "../lib/json-schema.ts";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { BackArrow } from "../ui/icons.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { useTitle } from "../ui/use-title.ts";
import { asSecrets } from "./as-secrets.ts";

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
      <Link
        to="/integrations"
        className="mb-3 inline-flex items-center gap-1.5 py-1 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <BackArrow />
        All integrations
      </Link>
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
  const [name, setName] = useState(type.type);
  const [config, setConfig] = useState<Readonly<Record<string, unknown>>>({});
  const [credentials, setCredentials] = useState<Readonly<Record<string, unknown>>>({});
  const hasSecrets = schemaFields(type.credentials as JsonSchema).length > 0;
  const creation = useMutation({
    mutationFn: () =>
      createIntegration(project.id, { type: type.type, name, config, ...(hasSecrets ? { credentials } : {}) }),
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
      <Labelled label="Name" hint="What workflows call it.">
        <input
          className={fieldLook}
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Labelled>
      <SchemaForm schema={type.config as JsonSchema} value={config} onChange={setConfig} />
      {hasSecrets && (
        <fieldset className="rounded-md border border-line px-4 pt-2 pb-4">
          <legend className="px-1 text-[0.8125rem] font-medium">Secrets</legend>
          <p className="mb-3 text-xs text-ink-3">Kept encrypted, never shown again and never logged.</p>
          <SchemaForm
            schema={asSecrets(type.credentials as JsonSchema)}
            value={credentials}
            onChange={setCredentials}
          />
        </fieldset>
      )}
      {creation.error && <FailureNote error={creation.error} title="It was not connected." />}
      <div>
        <Button type="submit" look="solid" disabled={creation.isPending}>
          {creation.isPending ? "Connecting…" : "Connect"}
        </Button>
      </div>
    </form>
  );
}
