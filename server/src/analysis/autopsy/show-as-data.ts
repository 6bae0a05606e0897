/** What is there and not seen: control and format characters, variation selectors, fillers, tags. */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Co}]/gu;

/** A text from outside with what is hidden in it shown as escapes; line breaks and tabs stay. */
export function showHidden(text: string): string {
  return text.replace(hidden, (character) =>
    character === "\n" || character === "\t"
      ? character
      : character === "\r"
        ? ""
        : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same without what is hidden. */
export function dropHidden(text: string): string {
  return text.replace(hidden, (character) => (character === "\n" || character === "\t" ? character : ""));
}

/** Whether something is hidden in a text. */
export function hasHidden(text: string): boolean {
  return text.replace(/[\n\t\r]/g, "").search(hidden) !== -1;
}

/** A text from outside between lines that only this prompt's boundary makes; the boundary's own word can't occur in it. */
export function fenceData(boundary: string, label: string, title: string, text: string): string {
  const guard = (outside: string) => showHidden(outside).replace(new RegExp(boundary, "gi"), "[boundary]");
  const name = JSON.stringify(guard(title).replace(/\s+/g, " ").slice(0, 300));
  return `<<data ${boundary} ${label} ${name}>>\n${guard(text)}\n<<end ${boundary}>>`;
}
