import { CopyButton } from "./copy-button.tsx";
import { Fold } from "./fold.tsx";
import { LogText } from "./log-text.tsx";

interface JsonFoldProps {
  readonly label: string;
  readonly value: unknown;
  readonly isOpen?: boolean;
}

/** A value as JSON, folded; nothing where there is none. */
export function JsonFold({ label, value, isOpen = false }: JsonFoldProps) {
  if (value === null || value === undefined || isEmpty(value)) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <Fold
      isOpen={isOpen}
      summary={
        <>
          {label} <span className="text-ink-3">{sizeWords(text)}</span>
        </>
      }
    >
      <div className="relative">
        <LogText text={text} label={label} />
        <span className="absolute top-1 right-2">
          <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
        </span>
      </div>
    </Fold>
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function sizeWords(text: string): string {
  return text.length < 1024 ? `${text.length} characters` : `${Math.ceil(text.length / 1024)} KB`;
}
