import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveDetector } from "../api/detection-requests.ts";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { SaveForm } from "../ui/save-form.tsx";
import { ReasonField } from "./reason-field.tsx";

interface NewDetectorFormProps {
  readonly project: string;
  readonly onSaved: () => void;
}

/** A detector of the project's own: a condition over one metric; more metrics are added to it afterwards. */
export function NewDetectorForm({ project, onSaved }: NewDetectorFormProps) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [metric, setMetric] = useState("");
  const [condition, setCondition] = useState("value.now > 100.0 && value.now > 2.0 * value.usual");
  const [reason, setReason] = useState("");
  const save = useMutation({
    mutationFn: () =>
      saveDetector(project, {
        ...{ name, kind: "custom", enabled: true, reason: reason.trim() },
        settings: { series: { value: { metric: metric.trim() } }, condition },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["detectors"] });
      onSaved();
    },
  });
  return (
    <SaveForm words="Look for it" saving={save}>
      <Labelled label="Name">
        <input
          required
          pattern="[a-z][a-z0-9\-]{0,99}"
          title="small letters, digits and -"
          placeholder="queue-grows"
          className={fieldLook}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Labelled>
      <Labelled label="Metric">
        <input
          required
          placeholder="queue.depth"
          className={`${fieldLook} font-mono`}
          value={metric}
          onChange={(event) => setMetric(event.target.value)}
        />
      </Labelled>
      <Labelled
        label="Condition"
        hint="value.now is the mean of the last two minutes, value.usual the median of the hour before; there are min, max and points too. Numbers are written with a point."
      >
        <input
          required
          spellCheck={false}
          className={`${fieldLook} font-mono`}
          value={condition}
          onChange={(event) => setCondition(event.target.value)}
        />
      </Labelled>
      <ReasonField value={reason} onChange={setReason} placeholder="mails wait" />
    </SaveForm>
  );
}
