import { useState } from "react";
import { type Editor, type EditorSetting, editors, isAbsolute } from "../lib/editor-link.ts";
import { Button } from "../ui/button.tsx";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";

const names: Readonly<Record<Editor, string>> = { vscode: "VS Code", cursor: "Cursor" };

interface EditorFormProps {
  readonly setting: EditorSetting | null;
  readonly onSave: (setting: EditorSetting) => void;
}

/** Which editor opens the code, and where the checkout lies on this machine. */
export function EditorForm({ setting, onSave }: EditorFormProps) {
  const [editor, setEditor] = useState<Editor>(setting?.editor ?? "vscode");
  const [folder, setFolder] = useState(setting?.folder ?? "");
  const isWrong = folder !== "" && !isAbsolute(folder.trim());
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isAbsolute(folder.trim())) onSave({ editor, folder: folder.trim() });
      }}
    >
      <Labelled label="Editor">
        <select value={editor} onChange={(event) => setEditor(event.target.value as Editor)} className={fieldLook}>
          {editors.map((one) => (
            <option key={one} value={one}>
              {names[one]}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled
        label="Folder of the checkout"
        hint={isWrong ? "A whole path is needed, such as /home/ada/shop." : "Kept in this browser alone."}
      >
        <input
          value={folder}
          onChange={(event) => setFolder(event.target.value)}
          placeholder="/home/ada/shop"
          aria-invalid={isWrong}
          className={`${fieldLook} font-mono text-xs`}
        />
      </Labelled>
      <Button type="submit" disabled={!isAbsolute(folder.trim())}>
        Save
      </Button>
    </form>
  );
}
