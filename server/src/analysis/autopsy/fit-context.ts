import { type ContextPart, contextKinds, type FittedContext, type FittedPart } from "./context-part.ts";

/** A rest smaller than this tells nothing. */
const PIECE_MIN = 300;
/** No part takes more than this share, so that one long diff does not push out the rest. */
const SHARE_MAX = 0.35;

/**
 * The parts that fit into so many characters in all, titles included: kinds in the order of their usefulness, each kind in the order
 * given. A part that is too long is cut at a line; what has no room is left out, and both say so.
 */
export function fitContext(parts: readonly ContextPart[], charactersMax: number): FittedContext {
  const ordered = [...parts].sort((a, b) => contextKinds.indexOf(a.kind) - contextKinds.indexOf(b.kind));
  const most = Math.floor(charactersMax * SHARE_MAX);
  let left = charactersMax;
  const fitted = ordered.map((part): FittedPart => {
    const room = Math.min(left, most) - part.title.length;
    if (part.text.length <= room) {
      left -= part.text.length + part.title.length;
      return { part, text: part.text, isIncluded: true, isCut: false, reason: null };
    }
    if (room < PIECE_MIN)
      return {
        part,
        text: "",
        isIncluded: false,
        isCut: false,
        reason: `No room was left in ${charactersMax} characters.`,
      };
    const text = cutAtLine(part.text, room);
    left -= text.length + part.title.length;
    const reason = `Cut to ${text.length} of ${part.text.length} characters.`;
    return { part, text, isIncluded: true, isCut: true, reason };
  });
  return { charactersMax, characters: charactersMax - left, parts: fitted };
}

function cutAtLine(text: string, max: number): string {
  const piece = text.slice(0, max);
  const end = piece.lastIndexOf("\n");
  return (end > max / 2 ? piece.slice(0, end) : piece).toWellFormed();
}
