import { useSyncExternalStore } from "react";
import { type EditorSetting, editors, isAbsolute } from "../lib/editor-link.ts";

const listeners = new Set<() => void>();

function keyOf(projectId: string): string {
  return `culprit-editor-${projectId}`;
}

function readText(projectId: string): string | null {
  try {
    return localStorage.getItem(keyOf(projectId));
  } catch {
    return null;
  }
}

function parse(text: string | null): EditorSetting | null {
  if (text === null) return null;
  const [name, ...folder] = text.split(" ");
  const editor = editors.find((one) => one === name);
  const path = folder.join(" ");
  return editor === undefined || !isAbsolute(path) ? null : { editor, folder: path };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** The editor of a project's checkout on this machine, kept in this browser alone; null where none is set. */
export function useEditor(projectId: string): {
  readonly setting: EditorSetting | null;
  readonly set: (setting: EditorSetting | null) => void;
} {
  const text = useSyncExternalStore(subscribe, () => readText(projectId));
  const set = (setting: EditorSetting | null) => {
    try {
      if (setting === null) localStorage.removeItem(keyOf(projectId));
      else localStorage.setItem(keyOf(projectId), `${setting.editor} ${setting.folder}`);
    } catch {
      // A browser that keeps nothing asks again.
    }
    for (const listener of listeners) listener();
  };
  return { setting: parse(text), set };
}
