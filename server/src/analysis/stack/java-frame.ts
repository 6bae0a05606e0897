import type { StackFrame } from "@culprit/contract";
import { isInAppPath } from "./is-in-app.ts";

/**
 * One line of a Java, Kotlin or Scala stack: `at com.acme.Cart.total(Cart.java:12)`, with module prefixes
 * (`java.base/`, `app//`) and jar suffixes (`~[cart.jar:1.2]`); null when the line is no such frame.
 */
export function parseJavaFrame(rawLine: string): StackFrame | null {
  const line = rawLine.trim();
  if (!line.startsWith("at ")) return null;
  const open = line.indexOf("(");
  const close = line.indexOf(")", open + 1);
  if (open === -1 || close === -1 || line[open - 1] === " ") return null;
  const place = line.slice(open + 1, close);
  if (/[/\\]/.test(place)) return null;
  const qualified = line.slice(3, open);
  const bare = qualified.slice(qualified.lastIndexOf("/") + 1);
  const dot = bare.lastIndexOf(".");
  if (dot <= 0 || bare.includes(" ")) return null;
  const colon = place.lastIndexOf(":");
  const named = colon === -1 ? place : place.slice(0, colon);
  const number = colon === -1 ? Number.NaN : Number.parseInt(place.slice(colon + 1), 10);
  return javaFrame({
    className: bare.slice(0, dot),
    method: bare.slice(dot + 1),
    fileName: named.includes(".") ? named : null,
    line: Number.isSafeInteger(number) && number > 0 ? number : null,
  });
}

/** A Java frame from its parts: the file as a path by package, the function with its class. */
export function javaFrame(parts: {
  readonly className: string;
  readonly method: string;
  readonly fileName: string | null;
  readonly line: number | null;
}): StackFrame {
  const dot = parts.className.lastIndexOf(".");
  const folder = dot === -1 ? "" : `${parts.className.slice(0, dot).replaceAll(".", "/")}/`;
  const simple = parts.className.slice(dot + 1);
  const outer = simple.split("$", 1)[0] || simple;
  const file = `${folder}${parts.fileName ?? `${outer}.java`}`;
  return { file, function: `${simple}.${parts.method}`, line: parts.line, column: null, isInApp: isInAppPath(file) };
}
