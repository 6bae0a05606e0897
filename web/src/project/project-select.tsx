import { smallFieldLook } from "../ui/field.ts";
import type { ChosenProject } from "./use-project.ts";

/** Which project the page is about; nothing where there is only one. */
export function ProjectSelect({ chosen }: { readonly chosen: ChosenProject }) {
  if (chosen.projects.length < 2) return null;
  return (
    <select
      aria-label="Project"
      value={chosen.project?.id ?? ""}
      onChange={(event) => chosen.choose(event.target.value)}
      className={`${smallFieldLook} max-w-48`}
    >
      {chosen.projects.map((project) => (
        <option key={project.id} value={project.id}>
          {project.name}
        </option>
      ))}
    </select>
  );
}
