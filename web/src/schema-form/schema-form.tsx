import { useId } from "react";
import { withEntry } from "../lib/form-values.ts";
import { asRecord, type JsonSchema, type SchemaField, schemaFields } from "../lib/json-schema.ts";
import { FieldInput } from "./field-input.tsx";

interface SchemaFormProps {
  /** The schema of an object. */
  readonly schema: JsonSchema;
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Readonly<Record<string, unknown>>) => void;
  /** Any field may hold a template that the server fills. */
  readonly allowsTemplates?: boolean;
  /** Secrets that are kept may be left empty. */
  readonly keepsSecrets?: boolean;
  /** Where references point into; the schema itself unless told. */
  readonly root?: JsonSchema;
}

/** A form made from a JSON Schema: required fields first, groups within each other. */
export function SchemaForm({ schema, value, onChange, root = schema, ...rest }: SchemaFormProps) {
  const fields = schemaFields(schema, root);
  const known = new Set(fields.map(({ name }) => name));
  const extra = Object.keys(value).filter((name) => !known.has(name));
  if (fields.length === 0 && extra.length === 0)
    return <p className="text-[0.8125rem] text-ink-3">It takes nothing.</p>;
  const sorted = fields.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3.5">
      {sorted.map((field) => (
        <FormField
          key={field.name}
          field={field}
          value={value[field.name]}
          root={root}
          onChange={(next) => onChange(withEntry(value, field.name, next))}
          {...rest}
        />
      ))}
      {extra.length > 0 && (
        <p className="text-xs text-warn">
          The form does not know {extra.join(", ")}; {extra.length === 1 ? "it stays" : "they stay"} as in the text.
        </p>
      )}
    </div>
  );
}

interface FormFieldProps extends Pick<SchemaFormProps, "allowsTemplates" | "keepsSecrets"> {
  readonly field: SchemaField;
  readonly value: unknown;
  readonly root: JsonSchema;
  readonly onChange: (value: unknown) => void;
}

function FormField({ field, value, root, onChange, allowsTemplates = false, keepsSecrets = false }: FormFieldProps) {
  const id = useId();
  const help = field.description !== null ? `${id}-help` : undefined;
  if (field.kind === "group" && typeof value !== "string") {
    return (
      <fieldset className="min-w-0 rounded-md border border-line px-3 pt-2 pb-3">
        <legend className="px-1 text-[0.8125rem] font-medium">{field.label}</legend>
        {field.description && <p className="mb-2 text-xs text-ink-3">{field.description}</p>}
        <SchemaForm
          schema={field.schema}
          root={root}
          value={asRecord(value)}
          allowsTemplates={allowsTemplates}
          keepsSecrets={keepsSecrets}
          onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
        />
      </fieldset>
    );
  }
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
      <label htmlFor={id} className="text-[0.8125rem] font-medium">
        {field.label}
        {!field.isRequired && <span className="font-normal text-ink-3"> (optional)</span>}
      </label>
      <FieldInput
        id={id}
        field={field}
        value={value}
        onChange={onChange}
        describedBy={help}
        allowsTemplates={allowsTemplates}
        keepsSecrets={keepsSecrets}
      />
      {field.description && (
        <p id={help} className="text-xs text-ink-3 [overflow-wrap:anywhere]">
          {field.description}
        </p>
      )}
    </div>
  );
}
