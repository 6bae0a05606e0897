import type { DetectorView, Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readDetectors } from "../api/detection-requests.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { cx } from "../ui/cx.ts";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";
import { describeDetector } from "./describe-detector.ts";
import { DetectorForm } from "./detector-form.tsx";
import { NewDetectorForm } from "./new-detector-form.tsx";

const keyOf = ({ name, service }: DetectorView) => `${name} ${service ?? ""}`;

/** What is looked for in telemetry: each detector in a sentence, and a form to change it. */
export function DetectorsSection({ project }: { readonly project: Project }) {
  const [opened, setOpened] = useState<string | null>(null);
  const { data, error, isPending } = useQuery({
    queryKey: ["detectors", project.id],
    queryFn: ({ signal }) => readDetectors(project.id, signal),
    refetchInterval: 30_000,
  });
  const close = () => setOpened(null);
  const one = data?.find((detector) => keyOf(detector) === opened);
  return (
    <Section
      id="detectors"
      title="Detectors"
      aside={
        <>
          <span>each looks at every service, every 20 s</span>
          <Button className="ml-auto" onClick={() => setOpened("new")}>
            Own condition…
          </Button>
        </>
      }
    >
      {error && <FailureNote error={error} />}
      {isPending && <RowsPending label="Loading detectors" />}
      {data && (
        <ul aria-label="Detectors" className="overflow-hidden rounded-lg border border-line bg-panel">
          {data.map((detector) => (
            <li
              key={keyOf(detector)}
              className="flex flex-wrap items-start gap-x-4 gap-y-1.5 border-t border-line px-4 py-2.5 first:border-0"
            >
              <div className="min-w-0 flex-1 basis-72 [overflow-wrap:anywhere]">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
                  <span
                    aria-hidden="true"
                    className={cx("size-2 rounded-full", detector.enabled ? "bg-good" : "border border-edge")}
                  />
                  {detector.name}
                  {detector.service && <Tag>{`only ${detector.service}`}</Tag>}
                  {!detector.enabled && <Tag>Switched off</Tag>}
                  {detector.state === "learning" && <Tag>Learning</Tag>}
                  {detector.state === "waiting" && <Tag>Waiting for telemetry</Tag>}
                </h3>
                <p className={cx("text-[0.8125rem]", detector.enabled ? "text-ink-2" : "text-ink-3")}>
                  {describeDetector(detector)}
                </p>
                {detector.state_reason && (
                  <p className="text-xs text-ink-3">
                    {detector.state}: {detector.state_reason}
                  </p>
                )}
                {detector.reason && detector.created_at && (
                  <p className="text-xs text-ink-3">
                    set by {detector.set_by} <Time at={detector.created_at} />: {detector.reason}
                  </p>
                )}
              </div>
              <Button aria-label={`Change ${detector.name}`} onClick={() => setOpened(keyOf(detector))}>
                Change…
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Dialog title={one ? `Detector ${one.name}` : ""} isOpen={one !== undefined} onClose={close} isWide>
        {one && <DetectorForm key={opened} project={project.id} detector={one} onSaved={close} />}
      </Dialog>
      <Dialog title="A condition of your own" isOpen={opened === "new"} onClose={close} isWide>
        <NewDetectorForm project={project.id} onSaved={close} />
      </Dialog>
    </Section>
  );
}
