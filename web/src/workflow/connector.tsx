/** The line from one step to the next, with its arrow. */
export function Connector() {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 22" className="h-[22px] w-2.5 text-edge" fill="none" stroke="currentColor">
      <path d="M5 0v20M1.500 16.500 5 21l3.500-4.500" />
    </svg>
  );
}
