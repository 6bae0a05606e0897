import { expect, test } from "vitest";
import { formatBytes } from "./format-bytes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [999_600, "1.0 MB"],
  [23_400_000_000, "23 GB"],
])("%d bytes are read as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
