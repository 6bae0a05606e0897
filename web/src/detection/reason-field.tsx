import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
}

/** Why somebody changes what Culprit does; kept with the change for whoever asks later. */
export function ReasonField({ value, onChange, placeholder = "card declines are 3 %" }: ReasonFieldProps) {
  return (
    <Labelled label="Reason, for whoever asks later">
      <input
        required
        maxLength={1000}
        placeholder={placeholder}
        className={fieldLook}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Labelled>
  );
}
