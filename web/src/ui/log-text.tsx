import { ScrollBox } from "./scroll-box.tsx";

/** Raw text as it came: a log, a stack, a payload. Long ones scroll in their own box. */
export function LogText({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <ScrollBox label={label} className="max-h-[28rem] overflow-auto rounded-md border border-line bg-sunk px-3 py-2">
      <pre className="font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text || "(empty)"}
      </pre>
    </ScrollBox>
  );
}
