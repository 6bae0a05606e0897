/** Height of the chart, known before its code is loaded so that nothing jumps. */
export const chartHeightPx = 200;
