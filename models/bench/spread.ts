/** Median and range of a figure over its rounds, to four digits. */
export function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number) => round(sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0);
  return { median: at(0.5), min: at(0), max: at(1) };
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}
