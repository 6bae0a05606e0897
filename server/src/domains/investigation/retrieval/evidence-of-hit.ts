import type { RetrievalHit } from "./retrieval-port.ts";

/** A hit as a row of `evidence_artifacts`, as the schema document has it. */
export interface RetrievalEvidence {
  readonly kind: "retrieval";
  readonly source: RetrievalHit["source"];
  /** `<collection>/<point_id>` */
  readonly ref: string;
  /** The payload, how near it was, and the text as it was when it was found. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What makes a hit evidence. Every hit can be: its `ref` resolves as long as the point stands, and the snapshot outlives it. */
export function evidenceOfHit({ point, similarity, score, source, ref }: RetrievalHit): RetrievalEvidence {
  return { kind: "retrieval", source, ref, metadata: { ...point.payload, similarity, score, snapshot: point.content } };
}
