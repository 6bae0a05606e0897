import { useRef } from "react";
import { Button } from "./button.tsx";
import { CrossIcon } from "./icons.tsx";
import { useKeys } from "./use-keys.ts";

const keys = [
  ["j  k", "Next, previous row of the list"],
  ["Enter", "Open it"],
  ["/", "Go to the filter"],
  ["u", "Back to the list"],
  ["?", "This help"],
  ["Esc", "Close, or leave the filter"],
] as const;

/** The keys of the page, opened by `?` or its button. */
export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => dialog.current?.showModal();
  useKeys({ "?": open });
  return (
    <>
      <Button
        look="quiet"
        className="w-8 px-0 max-sm:hidden"
        aria-label="Keyboard help"
        title="Keyboard help (?)"
        onClick={open}
      >
        ?
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby="help-title"
        className="m-auto w-96 max-w-[calc(100vw-2rem)] rounded-lg border border-edge bg-panel p-5 text-ink backdrop:bg-black/40"
      >
        <div className="mb-3 flex items-center justify-between">
          <h2 id="help-title" className="text-base font-semibold tracking-tight">
            Keys
          </h2>
          <Button look="quiet" className="w-8 px-0" aria-label="Close" onClick={() => dialog.current?.close()}>
            <CrossIcon />
          </Button>
        </div>
        <dl className="grid grid-cols-[5rem_1fr] gap-y-2">
          {keys.map(([key, meaning]) => (
            <div key={key} className="contents">
              <dt className="font-mono text-xs leading-5 font-semibold whitespace-pre">{key}</dt>
              <dd className="text-ink-2">{meaning}</dd>
            </div>
          ))}
        </dl>
      </dialog>
    </>
  );
}
