import type { WorldRelated } from "../../../analysis/world/world.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { IncidentFacts } from "../load-facts.ts";
import { evidenceOfHit } from "../retrieval/evidence-of-hit.ts";
import type { Retrieval, RetrievalCollection, RetrievalHit } from "../retrieval/retrieval-port.ts";

const EACH_MAX = 3;
/** Nearer than what any two texts of a project have in common. */
const SIMILARITY_MIN = 0.3;
const EXCERPT_CHARS = 600;

/**
 * Runbooks and earlier incidents that speak of the like. They are shown and cited; they decide nothing, because a text that is near is no
 * reason. What a search can't answer now is left out.
 */
export async function recallRelated(
  retrieval: Pick<Retrieval, "search">,
  facts: IncidentFacts,
): Promise<readonly WorldRelated[]> {
  const text = [facts.title, facts.serviceName ?? "", ...facts.exceptions.map(({ message }) => message)]
    .join("\n")
    .slice(0, 2_000);
  const found = await Promise.all(
    (["runbooks", "incident_summaries"] as const).map((collection) => searchIn(retrieval, facts, collection, text)),
  );
  return found.flat().map(relatedOf);
}

async function searchIn(
  retrieval: Pick<Retrieval, "search">,
  { projectId, id }: IncidentFacts,
  collection: RetrievalCollection,
  text: string,
): Promise<readonly RetrievalHit[]> {
  try {
    // One more than is shown, because the incident finds itself.
    const { hits } = await retrieval.search({ projectId, collection, text, limit: EACH_MAX + 1 });
    return hits
      .filter(
        ({ point, similarity }) => similarity >= SIMILARITY_MIN && point.payload.incident_id !== toPublicId("inc", id),
      )
      .slice(0, EACH_MAX);
  } catch {
    // An engine that is away is told by its own check; the answer goes on without it.
    return [];
  }
}

function relatedOf(hit: RetrievalHit): WorldRelated {
  const { source, ref } = evidenceOfHit(hit);
  const { title } = hit.point.payload;
  const [first = ""] = hit.point.content.split("\n", 1);
  return {
    collection: hit.point.collection === "runbooks" ? "runbooks" : "incident_summaries",
    title: (typeof title === "string" && title !== "" ? title : first).slice(0, 200),
    similarity: Math.floor(hit.similarity * 100) / 100,
    excerpt: hit.point.content.slice(0, EXCERPT_CHARS),
    source,
    ref,
  };
}
