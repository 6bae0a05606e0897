/** A share as people say it: `83 %`; a dash where there is none. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}
