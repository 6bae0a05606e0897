import type { Service } from "@culprit/contract";
import { cx } from "../ui/cx.ts";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";
import { mappingWords, sureEnough } from "./service-words.ts";

/** What runs of a service, by environment, and how sure its commit is. */
export function RunningTable({ running }: { readonly running: Service["running"] }) {
  return (
    <Section id="running" title="What runs">
      {running.length === 0 ? (
        <EmptyPart>
          It is not known which revision runs. Report deployments (
          <code className="font-mono">POST /api/deployments</code>
          ), connect GitHub or Kubernetes, or send <code className="font-mono">service.version</code> with telemetry.
        </EmptyPart>
      ) : (
        <ul aria-label="What runs" className="overflow-hidden rounded-lg border border-line bg-panel text-[0.8125rem]">
          {running.map((one) => {
            const isSure = one.mapping_confidence >= sureEnough;
            return (
              <li
                key={one.environment}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-t border-line px-3 py-2 first:border-0"
              >
                <span className="font-semibold">{one.environment}</span>
                <span className="[overflow-wrap:anywhere]">
                  {one.release ?? (one.commit_sha === null ? "an unknown revision" : "revision")}{" "}
                  {one.commit_sha && <Sha sha={one.commit_sha} />}
                </span>
                <span className="text-ink-2">
                  since <Time at={one.since} />
                </span>
                <span className={cx("ml-auto", isSure ? "text-ink-3" : "text-warn")}>
                  {one.commit_sha === null
                    ? "no commit is known"
                    : `commit ${Math.round(one.mapping_confidence * 100)} % sure: ${mappingWords(one)}`}
                  {!isSure && one.commit_sha !== null && "; too little to blame it"}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
