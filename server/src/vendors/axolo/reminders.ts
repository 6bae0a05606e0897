/** When people are reminded of pull requests that wait, by the clock of their time zone. */
export const reminderTimes = ["09:00", "14:00", "17:00"] as const;

/** The same for a schedule trigger; Saturdays and Sundays are left out. */
export const reminderCron = "0 9,14,17 * * 1-5";

const stepMs = 15 * 60_000;
const daysMax = 8;

/**
 * The reminders that fell due after one moment and until another, at most a week's; none on Saturday and Sunday. A time that
 * a change of the clock skips falls due not at all that day, one that it repeats falls due once.
 * @throws RangeError for a time zone that does not exist.
 */
export function remindersBetween(after: Date, until: Date, timeZone: string): readonly Date[] {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const found = new Map<string, Date>();
  const from = Math.max(after.getTime(), until.getTime() - daysMax * 86_400_000);
  // Every time zone lies a multiple of a quarter of an hour from UTC.
  for (let at = Math.floor(from / stepMs) * stepMs + stepMs; at <= until.getTime(); at += stepMs) {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const time = `${parts.hour}:${parts.minute}`;
    if (parts.weekday === "Sat" || parts.weekday === "Sun" || !reminderTimes.some((one) => one === time)) continue;
    const key = `${parts.day} ${time}`;
    if (!found.has(key)) found.set(key, new Date(at));
  }
  return [...found.values()];
}
