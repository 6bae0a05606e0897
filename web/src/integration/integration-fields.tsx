import type { IntegrationTypeDescription } from "@culprit/contract";
import { type JsonSchema, schemaFields } from "../lib/json-schema.ts";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { asSecrets } from "./as-secrets.ts";

/** What a person enters of an integration. */
export interface IntegrationEntry {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
}

interface IntegrationFieldsProps {
  readonly type: IntegrationTypeDescription;
  readonly entry: IntegrationEntry;
  readonly onChange: (entry: IntegrationEntry) => void;
  readonly nameHint?: string;
  /** What is said above the secrets. */
  readonly secretsNote: string;
  /** Secrets are stored already and may be left empty. */
  readonly keepsSecrets?: boolean;
}

/** The fields of an integration: its name, and what its type needs to know. */
export function IntegrationFields({
  type,
  entry,
  onChange,
  nameHint,
  secretsNote,
  keepsSecrets = false,
}: IntegrationFieldsProps) {
  return (
    <>
      <Labelled label="Name" hint={nameHint}>
        <input
          className={fieldLook}
          required
          maxLength={255}
          value={entry.name}
          onChange={(event) => onChange({ ...entry, name: event.target.value })}
        />
      </Labelled>
      <SchemaForm
        schema={type.config as JsonSchema}
        value={entry.config}
        onChange={(config) => onChange({ ...entry, config })}
      />
      {hasSecrets(type) && (
        <fieldset className="rounded-md border border-line px-4 pt-2 pb-4">
          <legend className="px-1 text-[0.8125rem] font-medium">Secrets</legend>
          <p className="mb-3 text-xs text-ink-3">{secretsNote}</p>
          <SchemaForm
            schema={asSecrets(type.credentials as JsonSchema)}
            value={entry.credentials}
            onChange={(credentials) => onChange({ ...entry, credentials })}
            keepsSecrets={keepsSecrets}
          />
        </fieldset>
      )}
    </>
  );
}

/** Whether integrations of a type need secrets. */
export function hasSecrets(type: IntegrationTypeDescription): boolean {
  return schemaFields(type.credentials as JsonSchema).length > 0;
}
