import { CopyButton } from "./copy-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";

/** Text to copy: a command, a key, a piece of code. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunk">
      <ScrollBox label={label} className="min-w-0 flex-1 overflow-x-auto px-3 py-2">
        <pre className="font-mono text-[0.78rem] leading-5">{text}</pre>
      </ScrollBox>
      <span className="p-1">
        <CopyButton text={text} label={`Copy ${label}`} />
      </span>
    </div>
  );
}
