import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** A bar on a terminal, one line every tenth elsewhere. `total` counts weights. */
export function startProgress(label: string, total: number): Progress {
  if (process.stderr.isTTY) {
    const millions = (value: number) => `${(value / 1e6).toFixed(1)} M`;
    const bar = new SingleBar(
      {
        format: `${label} {bar} {percentage} % | {value} of {total} | {eta_formatted} left`,
        formatValue: (value, _, type) =>
          type === 'value' || type === 'total' ? millions(value) : String(value),
        hideCursor: true,
      },
      Presets.shades_classic,
    );
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  let shown = 0;
  return {
    update(done) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth <= shown) return;
      shown = tenth;
      process.stderr.write(`${label}: ${tenth * 10} %\n`);
    },
    stop() {},
  };
}
