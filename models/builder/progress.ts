import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** `fraction`: 0 … 1 of the whole; `secondsLeft` where it can be told. */
  update(fraction: number, secondsLeft?: number): void;
  stop(): void;
}

/** A bar on a terminal, one line every tenth elsewhere. */
export function startProgress(label: string): Progress {
  if (process.stderr.isTTY) {
    const bar = new SingleBar(
      { format: `${label} {bar} {percentage} % {left}`, hideCursor: true, stream: process.stderr },
      Presets.shades_classic,
    );
    bar.start(100, 0, { left: '' });
    return {
      update: (fraction, secondsLeft) => bar.update(fraction * 100, { left: left(secondsLeft) }),
      stop: () => bar.stop(),
    };
  }
  let shown = 0;
  return {
    update(fraction, secondsLeft) {
      const tenth = Math.floor(fraction * 10);
      if (tenth <= shown) return;
      shown = tenth;
      process.stderr.write(`${label}: ${tenth * 10} % ${left(secondsLeft)}`.trimEnd().concat('\n'));
    },
    stop() {},
  };
}

function left(seconds: number | undefined): string {
  return seconds === undefined || seconds < 1 ? '' : `| ${duration(seconds)} left`;
}

/** 75 → "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
