/** Rows that are being read. */
export function RowsPending({ label, count = 5 }: { readonly label: string; readonly count?: number }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel" role="status" aria-label={label}>
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={row} className="grid h-14 content-center gap-2 border-t border-line px-4 first:border-0">
          <span className="h-3 w-2/5 rounded bg-sunk" />
          <span className="h-3 w-3/5 rounded bg-sunk" />
        </div>
      ))}
    </div>
  );
}
