/** Moves the focus to the next (1) or previous (-1) link of a list; to its first where none has it. */
export function stepFocus(list: HTMLElement | null, step: 1 | -1): void {
  const links = [...(list?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const current = links.findIndex((link) => link.matches(":focus"));
  const next = current === -1 ? links[0] : links[current + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
