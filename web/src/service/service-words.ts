import type { Service } from "@culprit/contract";

/** Below this a commit is not blamed (the catalogue's rule), and the page says so. */
export const sureEnough = 0.8;

const sources: Readonly<Record<string, string>> = {
  reported_commit: "the deployment named it",
  oci_label: "a label of the image names it",
  annotation: "an annotation names it",
  gitops_commit: "the GitOps commit names it",
  image_tag: "the image's tag looks like it",
};

/** How the commit that runs is known, in words. */
export function mappingWords({ mapping_source: source }: Service["running"][number]): string {
  return sources[source] ?? source.replaceAll("_", " ");
}
