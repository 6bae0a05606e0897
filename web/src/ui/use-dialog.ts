import { useEffect, useRef } from "react";

/** A dialog that is shown as long as `isOpen` holds; the browser keeps the focus in it and Escape closes it. */
export function useDialog(isOpen: boolean) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element && !element.open) element.showModal();
    if (!isOpen && element?.open) element.close();
  }, [isOpen]);
  return dialog;
}
