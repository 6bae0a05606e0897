import type { Autopsy } from "@culprit/contract";
import { patchKindWords, patchMeaning, proposerWords } from "../lib/words.ts";
import { ProofChip, Tag } from "../ui/chips.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { DiffView } from "../ui/diff-view.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";

/** The change that is proposed, what kind of change it is, and the test that was written for it. */
export function Patch({ autopsy }: { readonly autopsy: Autopsy }) {
  const {
    patch_diff: diff,
    patch_kind: kind,
    base_commit: base,
    patch_applies: applies,
    test_diff: testDiff,
  } = autopsy;
  if (!diff) {
    return (
      <Section id="patch" title="Patch">
        <EmptyPart>No patch is proposed. {autopsy.proof_reason}</EmptyPart>
      </Section>
    );
  }
  return (
    <Section
      id="patch"
      title="Patch"
      aside={
        <>
          {kind && <Tag title={patchMeaning(kind, autopsy.proposer)}>{patchKindWords[kind]}</Tag>}
          <ProofChip proof={autopsy.proof} />
          {applies === false && <span className="font-medium text-bad">Does not apply</span>}
          <span className="ml-auto">
            <CopyButton text={diff} label="Copy the patch" words="Copy patch" />
          </span>
        </>
      }
    >
      {autopsy.outdated_reason && (
        <p role="note" className="mb-2 max-w-[80ch] text-[0.8125rem] font-medium">
          {autopsy.outdated_reason}
        </p>
      )}
      <p className="mb-3 text-[0.8125rem] text-ink-2">
        {kind && patchMeaning(kind, autopsy.proposer)} {proposerWords(autopsy.proposer)}
        {base && (
          <>
            , on top of <Sha sha={base} />
          </>
        )}
        .
      </p>
      <DiffView diff={diff} />
      {testDiff && (
        <div className="mt-3">
          <Fold
            summary={
              <span>
                Regression test <span className="font-mono text-xs">{autopsy.test_path}</span>
              </span>
            }
          >
            <DiffView diff={testDiff} />
          </Fold>
        </div>
      )}
    </Section>
  );
}
