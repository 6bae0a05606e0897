import type { IntegrationDetail, IntegrationPatch, IntegrationTypeDescription } from "@culprit/contract";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { changeIntegration } from "../api/integration-requests.ts";
import { type JsonSchema, schemaFields } from "../lib/json-schema.ts";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { Fold } from "../ui/fold.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Section } from "../ui/section.tsx";
import { asSecrets } from "./as-secrets.ts";

interface SettingsFormProps {
  readonly integration: IntegrationDetail;
  readonly type: IntegrationTypeDescription;
  readonly onSaved: (integration: IntegrationDetail) => void;
}

/** The settings of an integration. Secrets that are left empty stay as they are. */
export function SettingsForm({ integration, type, onSaved }: SettingsFormProps) {
  const [name, setName] = useState(integration.name);
  const [config, setConfig] = useState<Readonly<Record<string, unknown>>>(integration.config);
  const [credentials, setCredentials] = useState<Readonly<Record<string, unknown>>>({});
  const hasSecrets = schemaFields(type.credentials as JsonSchema).length > 0;
  const save = useMutation({
    mutationFn: (patch: IntegrationPatch) => changeIntegration(integration.id, patch),
    onSuccess: onSaved,
  });
  const submit = () => save.mutate({ name, config, ...(Object.keys(credentials).length > 0 ? { credentials } : {}) });
  return (
    <Section id="settings" title="Settings">
      <Fold summary="Name, settings and secrets">
        <form
          className="grid max-w-2xl gap-5 pt-1"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Labelled label="Name">
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
              <p className="mb-3 text-xs text-ink-3">
                {integration.has_credentials
                  ? "They are stored. To change any, enter all of them again."
                  : "None is stored yet."}
              </p>
              <SchemaForm
                schema={asSecrets(type.credentials as JsonSchema)}
                value={credentials}
                onChange={setCredentials}
                keepsSecrets={integration.has_credentials && Object.keys(credentials).length === 0}
              />
            </fieldset>
          )}
          {save.error && <FailureNote error={save.error} title="It was not saved." />}
          <div>
            <Button type="submit" look="solid" disabled={save.isPending}>
              {save.isPending ? "Saving…" : "Save"}
            </Button>
          </div>
        </form>
      </Fold>
    </Section>
  );
}
