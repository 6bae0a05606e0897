/** When the warehouse works: weekend days as numbers (0 is Sunday), holidays as month-day. */
export const warehouseCalendar = {
  weekend: [0, 6],
  holidays: ["01-01", "05-01", "10-03", "12-25", "12-26"],
};

function isHoliday(day, calendar) {
  return calendar.holidays.includes(day.toISOString().slice(5, 10));
}

/** The day that lies `days` working days after `start`. */
export function addWorkingDays(start, days, calendar = warehouseCalendar) {
  const day = new Date(start);
  let left = days;
  while (left > 0) {
    day.setUTCDate(day.getUTCDate() + 1);
    const isFree = calendar.weekend.includes(day.getUTCDay()) || isHoliday(day, calendar);
    if (!isFree) left -= 1;
  }
  return day;
}

/** A day as `2026-01-31`. */
export function dayOf(date) {
  return date.toISOString().slice(0, 10);
}
