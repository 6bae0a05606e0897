import type { Service } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveServicePaths } from "../api/catalogue-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { areaLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";

/** Which paths of the repository are a service's own, to read and to change: commits that touch none of them are not blamed for it. */
export function PathsForm({ service }: { readonly service: Service }) {
  const client = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (paths: readonly string[]) => saveServicePaths(service.id, paths),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["services"] });
      setText(null);
    },
  });
  return (
    <Section
      id="paths"
      title="Its own paths"
      aside={
        text === null && (
          <Button className="ml-auto" onClick={() => setText(service.paths.join("\n"))}>
            Edit paths
          </Button>
        )
      }
    >
      {text === null ? (
        service.paths.length === 0 ? (
          <p className="text-[0.8125rem] text-ink-2">
            All of the repository. In a monorepo, name the folders that are its own, so that commits elsewhere are not
            blamed.
          </p>
        ) : (
          <ul aria-label="Paths" className="flex flex-wrap gap-1.5">
            {service.paths.map((path) => (
              <li key={path} className="rounded border border-line bg-sunk px-1.5 font-mono text-xs leading-5">
                {path}
              </li>
            ))}
          </ul>
        )
      ) : (
        <form
          className="grid gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(
              text
                .split("\n")
                .map((line) => line.trim())
                .filter((line) => line !== ""),
            );
          }}
        >
          <label className="grid gap-1 text-[0.8125rem]">
            <span className="text-ink-2">One pattern a line, as in CODEOWNERS. None: all of the repository.</span>
            <textarea
              // biome-ignore lint/a11y/noAutofocus: the button that opened it is gone, and with it the focus
              autoFocus
              aria-label="Paths, one a line"
              rows={4}
              spellCheck={false}
              placeholder="/services/cart/"
              className={`${areaLook} font-mono text-xs`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <div className="flex gap-2">
            <Button type="submit" look="solid" disabled={save.isPending}>
              Save paths
            </Button>
            <Button look="quiet" onClick={() => setText(null)}>
              Cancel
            </Button>
          </div>
          {save.error && <FailureNote error={save.error} />}
        </form>
      )}
    </Section>
  );
}
