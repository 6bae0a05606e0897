import { type DependencyList, type RefObject, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";

interface PlotUse {
  readonly heightPx: number;
  /** Makes the plot in its box; called again when what it depends on or the theme changed. */
  readonly draw: (host: HTMLElement) => uPlot;
  readonly dependsOn: DependencyList;
}

/** Keeps a plot as wide as its box and in the colours of the theme, and takes it away with the page. */
export function usePlot({ heightPx, draw, dependsOn }: PlotUse): {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly plot: RefObject<uPlot | null>;
} {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const themeCount = useThemeCount();

  // biome-ignore lint/correctness/useExhaustiveDependencies: how it is drawn is made anew on each drawing; what that comes from tells when it changed
  useEffect(() => {
    const host = box.current;
    if (!host) return;
    const drawn = draw(host);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: host.clientWidth, height: heightPx }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [themeCount, heightPx, ...dependsOn]);
  return { box, plot };
}

/** How often the theme changed: a canvas does not follow it by itself. */
function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const onTheme = () => setCount((before) => before + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", onTheme);
    document.documentElement.addEventListener("themechange", onTheme);
    return () => {
      system.removeEventListener("change", onTheme);
      document.documentElement.removeEventListener("themechange", onTheme);
    };
  }, []);
  return count;
}
