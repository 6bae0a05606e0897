import type uPlot from "uplot";

/** The page's colours and its quiet axis, for a canvas, which knows no custom properties and no `light-dark()`. */
export function plotInk(host: HTMLElement) {
  const colour = (name: string) => resolveColour(host, `var(--color-${name})`);
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: colour("ink-3"), font, ticks: { show: false } } satisfies Partial<uPlot.Axis>;
  return { colour, axis };
}

/** The steps of an axis of counts: there is no half an incident. */
export const wholeSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8,
];

/** The browser resolves the colour on a probe. */
function resolveColour(host: HTMLElement, expression: string): string {
  const probe = document.createElement("span");
  probe.style.color = expression;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Times below a plot: the clock, or the day where it is of several. */
export function timeLabels(bucketS: number): (u: uPlot, splits: number[]) => string[] {
  const clock = bucketS < 60 ? 8 : 5;
  return (_u, splits) => {
    const isLong = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 2 * 86_400;
    return splits.map((seconds) => {
      const date = new Date(seconds * 1000);
      if (isLong) return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
      return date.toLocaleTimeString("en-GB").slice(0, clock);
    });
  };
}
