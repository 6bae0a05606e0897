/** The name, as if marked by a highlighter. */
export function Wordmark() {
  return <span className="marked text-[0.9375rem] leading-none font-bold tracking-tight">culprit</span>;
}
