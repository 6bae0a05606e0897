/** The exact instant in the reader's time zone, with the offset, for titles and tables. */
export function formatInstant(at: string): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const offsetMin = -date.getTimezoneOffset();
  const sign = offsetMin < 0 ? "-" : "+";
  const offset = `${sign}${two(Math.floor(Math.abs(offsetMin) / 60))}:${two(Math.abs(offsetMin) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${formatClock(at)} ${offset}`;
}

/** The time of day in the reader's time zone: `14:03:07`. */
export function formatClock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}
