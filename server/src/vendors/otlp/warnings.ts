import { hasStrangeName } from "./resource-identity.ts";
import type { Attributes, ResourceSpans } from "./span.ts";

/** What was taken but not as it was sent, by how often: the sender is told, as OTLP's `partial_success` allows for. */
export type Warnings = Readonly<Record<string, number>>;

/** Warnings of a request: names of resources that were cleaned, and attributes or labels that were cut. */
export function warningsOf(resources: readonly { readonly resource: Attributes }[], cuts: number): Warnings {
  const names = resources.filter(({ resource }) => hasStrangeName(resource)).length;
  return {
    ...(names === 0
      ? {}
      : {
          "a name of a service, version or environment held line breaks or control characters, which became spaces":
            names,
        }),
    ...(cuts === 0 ? {} : { "attributes beyond what is kept were cut, of so many records": cuts }),
  };
}

/** Warnings that only spans have. */
export function warningsOfSpans(request: readonly ResourceSpans[]): Warnings {
  let backwards = 0;
  for (const { spans } of request)
    for (const { startMs, endMs } of spans) if (endMs > 0 && endMs < startMs) backwards += 1;
  return backwards === 0 ? {} : { "a span ended before it began and was taken without a duration": backwards };
}
