import { type Autopsy, type IncidentDetail, incidentDetailSchema } from "@culprit/contract";

const waitMs = 120_000;

/**
 * What the proof says where somebody is sure of a wrong commit: confirms, as a person may, the likeliest hypothesis that names another commit than
 * the culprit, has the incident looked at again, and gives the answer to that. Null where no hypothesis names one, or no answer came.
 */
export async function tryWrongCause(
  incident: IncidentDetail,
  { culprit, url, key }: { readonly culprit: string; readonly url: string; readonly key: string },
): Promise<Autopsy | null> {
  const wrong = [...incident.hypotheses]
    .sort((a, b) => a.rank - b.rank)
    .find(({ commit_sha: sha }) => sha !== null && sha !== culprit);
  if (wrong === undefined) return null;
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/api/incidents/${incident.id}${path}`, url), {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text === "" ? null : JSON.parse(text);
  };
  await call("/feedback", { event_type: "hypothesis_confirmed", payload: { hypothesis_id: wrong.id } });
  await call("/investigate", {});
  const untilMs = performance.now() + waitMs;
  while (performance.now() < untilMs) {
    const now = incidentDetailSchema.parse(await call(""));
    const isNew = now.autopsy !== null && now.autopsy.created_at !== incident.autopsy?.created_at;
    if (isNew && now.culprit_commit === wrong.commit_sha) return now.autopsy;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return null;
}
