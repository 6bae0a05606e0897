import { isTemplate, linesText, readLines, readNumber } from "../lib/form-values.ts";
import { asRecord, type SchemaField } from "../lib/json-schema.ts";
import { areaLook, fieldLook } from "../ui/field.ts";
import { JsonField } from "./json-field.tsx";
import { LinesField } from "./lines-field.tsx";

export interface FieldInputProps {
  readonly id: string;
  readonly field: SchemaField;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly describedBy: string | undefined;
  readonly allowsTemplates: boolean;
  readonly keepsSecrets: boolean;
}

/** The control of one field, by its kind. A template is always shown as text. */
export function FieldInput(props: FieldInputProps) {
  const { id, field, value, onChange, describedBy, allowsTemplates, keepsSecrets } = props;
  const shared = { id, "aria-describedby": describedBy };
  const { minLength, maxLength } = field.schema;
  const lengths = {
    ...(typeof minLength === "number" ? { minLength } : {}),
    ...(typeof maxLength === "number" ? { maxLength } : {}),
  };
  const placeholder = field.schema.default === undefined ? undefined : defaultText(field.schema.default);
  const textOrNone = (text: string) => onChange(text === "" ? undefined : text);
  if (isTemplate(value) && field.kind !== "long_text" && field.kind !== "json" && field.kind !== "lines") {
    return (
      <input
        {...shared}
        className={`${fieldLook} font-mono text-[0.8125rem]`}
        value={value}
        spellCheck={false}
        onChange={(event) => textOrNone(event.target.value)}
      />
    );
  }
  switch (field.kind) {
    case "text":
      return (
        <input
          {...shared}
          {...lengths}
          className={fieldLook}
          value={plainText(value)}
          placeholder={placeholder}
          required={field.isRequired}
          autoComplete="off"
          onChange={(event) => textOrNone(event.target.value)}
        />
      );
    case "secret":
      return (
        <input
          {...shared}
          {...lengths}
          type="password"
          className={`${fieldLook} font-mono`}
          value={plainText(value)}
          placeholder={keepsSecrets ? "leave empty to keep what is stored" : undefined}
          required={field.isRequired && !keepsSecrets}
          autoComplete="new-password"
          spellCheck={false}
          onChange={(event) => textOrNone(event.target.value)}
        />
      );
    case "number":
      return (
        <input
          {...shared}
          className={fieldLook}
          inputMode="decimal"
          value={plainText(value)}
          placeholder={placeholder}
          required={field.isRequired}
          autoComplete="off"
          {...(allowsTemplates ? {} : { pattern: "-?[0-9]*[.]?[0-9]+", title: "A number" })}
          onChange={(event) => onChange(readNumber(event.target.value))}
        />
      );
    case "boolean":
    case "choice":
      return <ChoiceField {...props} />;
    case "long_text":
      return (
        <textarea
          {...shared}
          className={areaLook}
          rows={Math.min(10, Math.max(3, plainText(value).split("\n").length + 1))}
          value={plainText(value)}
          placeholder={placeholder}
          required={field.isRequired}
          onChange={(event) => textOrNone(event.target.value)}
        />
      );
    case "lines":
      return (
        <LinesField
          {...shared}
          text={linesText(value)}
          isRequired={field.isRequired}
          onText={(text) =>
            onChange(readLines(text, asRecord(field.schema.items).type !== "string" && field.schema.type === "array"))
          }
        />
      );
    case "group":
    case "json":
      return <JsonField {...shared} value={value} isRequired={field.isRequired} onChange={onChange} />;
  }
}

function ChoiceField({ id, field, value, onChange, describedBy }: FieldInputProps) {
  const choices = field.kind === "boolean" ? [true, false] : field.choices;
  const index = choices.indexOf(value as never);
  const { default: fallback } = field.schema;
  const unset = fallback === undefined ? (field.isRequired ? "Choose…" : "—") : `${defaultText(fallback)} (default)`;
  return (
    <select
      id={id}
      aria-describedby={describedBy}
      className={fieldLook}
      required={field.isRequired}
      value={index === -1 ? "" : String(index)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : choices[Number(event.target.value)])}
    >
      <option value="">{value !== undefined && index === -1 ? String(value) : unset}</option>
      {choices.map((choice, place) => (
        <option key={String(choice)} value={place}>
          {defaultText(choice)}
        </option>
      ))}
    </select>
  );
}

function plainText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function defaultText(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
