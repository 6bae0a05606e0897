import type { ReactNode } from "react";
import { useId } from "react";
import { Button } from "./button.tsx";
import { CrossIcon } from "./icons.tsx";
import { useDialog } from "./use-dialog.ts";

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}

/** A question or a form over the page. */
export function Dialog({ title, isOpen, onClose, children, isWide = false }: DialogProps) {
  const id = useId();
  const dialog = useDialog(isOpen);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className={`m-auto max-h-[calc(100dvh-2rem)] overflow-y-auto rounded-lg border border-edge bg-panel p-5 text-ink backdrop:bg-black/40 ${isWide ? "w-[44rem]" : "w-[30rem]"} max-w-[calc(100vw-2rem)]`}
    >
      {isOpen && (
        <>
          <div className="mb-3 flex items-start justify-between gap-3">
            <h2 id={id} className="min-w-0 text-base font-semibold tracking-tight [overflow-wrap:anywhere]">
              {title}
            </h2>
            <Button look="quiet" className="w-8 shrink-0 px-0" aria-label="Close" onClick={onClose}>
              <CrossIcon />
            </Button>
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}
