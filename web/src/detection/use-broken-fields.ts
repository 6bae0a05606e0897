import { useCallback, useState } from "react";
import { settingWords } from "./setting-words.ts";

/** Which fields of a form can't be read as they stand. */
export function useBrokenFields() {
  const [broken, setBroken] = useState<Readonly<Record<string, string>>>({});
  const report = useCallback((path: string, problem: string | null) => {
    setBroken(({ [path]: _, ...others }) => (problem === null ? others : { ...others, [path]: problem }));
  }, []);
  const sentences = Object.entries(broken).map(([path, problem]) => `“${settingWords(path).label}” ${problem}.`);
  return { report, sentences, reset: () => setBroken({}) };
}
