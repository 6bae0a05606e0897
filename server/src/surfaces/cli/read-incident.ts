import { type IncidentDetail, incidentDetailSchema } from "@culprit/contract";
import { options } from "../../platform/config/options.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../platform/ids/ids.ts";
import { incidentDetail } from "../http/incident-detail.ts";
import type { CommandContext } from "./command.ts";

const WITHIN_MS = 30_000;
export const KEY_VARIABLE = options.apiKey.env;

/**
 * An incident, from the server that `server` names with the API key of the settings, else from the database of the settings.
 * @throws CulpritError with what to do where the server is not there, refuses the key or does not know the incident.
 */
export async function readIncident(
  ctx: CommandContext,
  publicId: string,
  server: string | boolean | undefined,
): Promise<IncidentDetail> {
  const id = fromPublicId("inc", publicId);
  if (typeof server !== "string") return incidentDetail({ database: await ctx.openDatabase() }, id, null);
  const url = URL.parse(`/api/incidents/${encodeURIComponent(publicId)}`, server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CulpritError(
      "INVALID_REQUEST",
      `--server is ${JSON.stringify(server)}; it must be an address like https://culprit.example.org.`,
    );
  const key = ctx.config.apiKey;
  if (key === "")
    throw new CulpritError(
      "UNAUTHORIZED",
      `Put an API key of the project into the variable ${KEY_VARIABLE}; the page Projects makes one.`,
    );
  const reply = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(WITHIN_MS),
    redirect: "error",
  }).catch((cause: unknown) => {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${url.origin} does not answer. Is the address right, and does Culprit run there?`,
      { cause },
    );
  });
  if (reply.status === 401 || reply.status === 403)
    throw new CulpritError(
      "UNAUTHORIZED",
      `${url.origin} refuses the key in ${KEY_VARIABLE}. Take an API key of the project, not an ingest key.`,
    );
  if (reply.status === 404)
    throw new CulpritError("NOT_FOUND", `${url.origin} knows no incident ${publicId} that the key may see.`);
  const parsed = reply.ok ? incidentDetailSchema.safeParse(await reply.json()) : null;
  if (parsed === null || !parsed.success)
    throw new CulpritError(
      "INVALID_REQUEST",
      `${url.origin} answered with something that is no incident (status ${reply.status}). Is it a Culprit of this version?`,
    );
  return parsed.data;
}
