import { useState } from "react";
import { areaLook } from "../ui/field.ts";

interface LinesFieldProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly text: string;
  readonly isRequired: boolean;
  readonly onText: (text: string) => void;
}

/** A list, one entry a line. It keeps its own text, so that an empty line can be typed before its entry. */
export function LinesField({ id, text: initial, isRequired, onText, ...rest }: LinesFieldProps) {
  const [text, setText] = useState(initial);
  return (
    <textarea
      id={id}
      {...rest}
      className={areaLook}
      rows={Math.min(10, Math.max(2, text.split("\n").length + 1))}
      value={text}
      required={isRequired}
      placeholder="one a line"
      spellCheck={false}
      onChange={(event) => {
        setText(event.target.value);
        onText(event.target.value);
      }}
    />
  );
}
