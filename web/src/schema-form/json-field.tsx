import { useEffect, useRef, useState } from "react";
import { jsonText, readJson } from "../lib/form-values.ts";
import { areaLook } from "../ui/field.ts";

interface JsonFieldProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly value: unknown;
  readonly isRequired: boolean;
  readonly onChange: (value: unknown) => void;
}

/** A field of JSON. What is no JSON is told at the field and keeps the form from being sent. */
export function JsonField({ id, value, isRequired, onChange, ...rest }: JsonFieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => jsonText(value));
  const reading = readJson(text);
  useEffect(() => area.current?.setCustomValidity(reading.problem ?? ""), [reading.problem]);
  return (
    <>
      <textarea
        ref={area}
        id={id}
        {...rest}
        className={`${areaLook} font-mono text-xs leading-5`}
        rows={Math.min(14, Math.max(3, text.split("\n").length + 1))}
        value={text}
        required={isRequired}
        spellCheck={false}
        placeholder="JSON"
        aria-invalid={reading.problem !== null}
        onChange={(event) => {
          setText(event.target.value);
          const next = readJson(event.target.value);
          if (next.problem === null) onChange(next.value);
        }}
      />
      {reading.problem !== null && <p className="text-xs text-bad [overflow-wrap:anywhere]">{reading.problem}</p>}
    </>
  );
}
