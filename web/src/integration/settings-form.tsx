import type { IntegrationDetail, IntegrationPatch, IntegrationTypeDescription } from "@culprit/contract";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { changeIntegration } from "../api/integration-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { type IntegrationEntry, IntegrationFields } from "./integration-fields.tsx";

interface SettingsFormProps {
  readonly integration: IntegrationDetail;
  readonly type: IntegrationTypeDescription;
  readonly onSaved: (integration: IntegrationDetail) => void;
}

/** The settings of an integration. Secrets that are left empty stay as they are. */
export function SettingsForm({ integration, type, onSaved }: SettingsFormProps) {
  const { name, config, has_credentials: areStored } = integration;
  const [entry, setEntry] = useState<IntegrationEntry>({ name, config, credentials: {} });
  const isEntered = Object.keys(entry.credentials).length > 0;
  const save = useMutation({
    mutationFn: (patch: IntegrationPatch) => changeIntegration(integration.id, patch),
    onSuccess: onSaved,
  });
  const submit = () => {
    const { credentials, ...rest } = entry;
    save.mutate({ ...rest, ...(isEntered ? { credentials } : {}) });
  };
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
          <IntegrationFields
            type={type}
            entry={entry}
            onChange={setEntry}
            secretsNote={areStored ? "They are stored. To change any, enter all of them again." : "None is stored yet."}
            keepsSecrets={areStored && !isEntered}
          />
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
