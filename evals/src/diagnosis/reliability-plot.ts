import type { ReliabilityBin } from "./calibration.ts";

const size = 320;
const edge = 44;

/** A reliability plot as SVG: how sure the answers were against how often they were right, the area of a dot by their number. */
export function reliabilityPlot(bins: readonly ReliabilityBin[], title: string): string {
  const place = (share: number) => edge + share * (size - edge - 16);
  const x = (share: number) => place(share).toFixed(1);
  const y = (share: number) => (size - place(share)).toFixed(1);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const dots = bins
    .filter((bin) => bin.count > 0)
    .map(
      (bin) =>
        `<circle cx="${x(bin.meanConfidence)}" cy="${y(bin.rightShare)}" r="${(3 + 9 * Math.sqrt(bin.count / most)).toFixed(1)}"><title>${bin.count} answers, ${(100 * bin.meanConfidence).toFixed(0)} % sure, ${(100 * bin.rightShare).toFixed(0)} % right</title></circle>`,
    );
  const name = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size + 24}" font-family="sans-serif" font-size="11" fill="#334155">
<title>How sure the answers were against how often they were right: ${name}</title>
<rect width="${size}" height="${size + 24}" fill="#ffffff"/>
<text x="${size / 2}" y="14" text-anchor="middle" font-size="12">${name}</text>
<g stroke="#e2e8f0">${ticks.map((at) => `<path d="M${x(at)} ${y(0)}V${y(1)}M${x(0)} ${y(at)}H${x(1)}"/>`).join("")}</g>
<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#94a3b8" stroke-dasharray="4 4"/>
<g fill="#2563eb" fill-opacity="0.75">${dots.join("")}</g>
${ticks.map((at) => `<text x="${x(at)}" y="${Number(y(0)) + 15}" text-anchor="middle">${at}</text><text x="${Number(x(0)) - 6}" y="${Number(y(at)) + 4}" text-anchor="end">${at}</text>`).join("")}
<text x="${size / 2 + 14}" y="${size + 2}" text-anchor="middle">confidence</text>
<text x="12" y="${size / 2}" text-anchor="middle" transform="rotate(-90 12 ${size / 2})">share that was right</text>
</svg>
`;
}
