import { useMemo } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { Fold } from "../ui/fold.tsx";
import { LogText } from "../ui/log-text.tsx";
import { Section } from "../ui/section.tsx";

/** The last payload that was kept, scrubbed by the server. */
export function Payload({ payload }: { readonly payload: Readonly<Record<string, unknown>> }) {
  const json = useMemo(() => JSON.stringify(payload, null, 2), [payload]);
  return (
    <Section
      id="payload"
      title="Last payload"
      aside={
        <span className="ml-auto">
          <CopyButton text={json} label="Copy the payload" words="Copy" />
        </span>
      }
    >
      <Fold summary={`JSON, ${Math.ceil(json.length / 1024)} KB, secrets removed`}>
        <LogText text={json} label="Last payload as JSON" />
      </Fold>
    </Section>
  );
}
