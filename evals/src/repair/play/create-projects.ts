import { type ProjectCreated, projectCreatedSchema } from "@culprit/contract";
import type { CulpritProcess } from "../../../../examples/shop/src/demo/culprit-process.ts";

/** Signs in with the login link that Culprit printed and gives the verb that makes projects, as the page does. */
export async function openProjects(culprit: CulpritProcess): Promise<(name: string) => Promise<ProjectCreated>> {
  if (culprit.loginLink === null) throw new Error("Culprit printed no login link.");
  const signedIn = await fetch(culprit.loginLink, { redirect: "manual" });
  const cookie = signedIn.headers.getSetCookie().map((text) => text.split(";")[0]);
  return async (name) => {
    const response = await fetch(new URL("/api/projects", culprit.url), {
      method: "POST",
      headers: { "content-type": "application/json", cookie: cookie.join("; ") },
      body: JSON.stringify({ name }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST /api/projects answered ${response.status}: ${text.slice(0, 300)}`);
    return projectCreatedSchema.parse(JSON.parse(text));
  };
}
