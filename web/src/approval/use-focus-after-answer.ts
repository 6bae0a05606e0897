import { type RefObject, useEffect, useRef } from "react";

interface FocusAfterAnswer<T> {
  /** Holds what waits, each marked `data-approval`; takes the focus where nothing waits any more. Both need a `tabIndex` of -1. */
  readonly place: RefObject<T | null>;
  readonly onAnswer: (id: string) => void;
}

/**
 * Who answers an approval by the keyboard goes on with the next: what they answered goes away with its buttons, and the focus would fall to the top
 * of the page. It goes to what waits, not to its button, so that a second press answers nothing unread.
 */
export function useFocusAfterAnswer<T extends HTMLElement>(
  waiting: readonly { readonly id: string }[],
): FocusAfterAnswer<T> {
  const place = useRef<T>(null);
  const answered = useRef<{ readonly id: string; readonly index: number } | null>(null);
  useEffect(() => {
    if (answered.current === null || waiting.some(({ id }) => id === answered.current?.id)) return;
    const left = place.current?.querySelectorAll<HTMLElement>("[data-approval]") ?? [];
    const next = left[Math.min(answered.current.index, left.length - 1)] ?? place.current;
    answered.current = null;
    // Who has gone elsewhere meanwhile stays there.
    if (document.activeElement === document.body) next?.focus({ preventScroll: next === place.current });
  }, [waiting]);
  return { place, onAnswer: (id) => (answered.current = { id, index: waiting.findIndex((one) => one.id === id) }) };
}
