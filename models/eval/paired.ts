/** What a column scored of one line, in each mode that it was asked in: 0 to 1. */
export interface LineScores {
  readonly task: string;
  readonly thinking?: number;
  readonly plain?: number;
}

/** By the line's id. */
export type Answers = Readonly<Record<string, LineScores>>;

export interface Paired {
  /** Answers that both columns gave. */
  readonly answers: number;
  /** Of them better in the first column, and better in the second. */
  readonly wins: number;
  readonly losses: number;
  /** Mean of the differences in points, every answer counting alike, and its standard error. */
  readonly byAnswer: Estimate;
  /** The same with every task and mode counting alike, however many lines it has. */
  readonly byTask: Estimate;
  /** Two-sided probability of so uneven wins and losses where neither is better (McNemar's exact test). */
  readonly p: number;
}

export interface Estimate {
  readonly points: number;
  readonly error: number;
}

const MODES = ['thinking', 'plain'] as const;

/**
 * How much better the first column answered than the second, question by question: what both get right or wrong says nothing, so the
 * difference is known far better than either score. Both modes of a line are one draw of the questions, since they are right or wrong
 * together; tasks are not drawn, they are those that there are.
 *
 * @returns undefined where the columns have no answer in common.
 */
export function paired(first: Answers, second: Answers): Paired | undefined {
  const lines = pairs(first, second);
  const all = lines.flatMap(({ differences }) => Object.values(differences));
  if (all.length === 0) return undefined;
  const cells = new Map<string, number>();
  for (const { task, differences } of lines) {
    for (const mode of Object.keys(differences)) {
      cells.set(`${task} ${mode}`, (cells.get(`${task} ${mode}`) ?? 0) + 1);
    }
  }
  const wins = all.filter((difference) => difference > 0).length;
  const losses = all.filter((difference) => difference < 0).length;
  return {
    answers: all.length,
    wins,
    losses,
    byAnswer: estimate(lines, () => 1 / all.length),
    byTask: estimate(lines, (task, mode) => 1 / (cells.get(`${task} ${mode}`)! * cells.size)),
    p: signTest(wins, losses),
  };
}

interface Pair {
  readonly task: string;
  /** By mode. */
  readonly differences: Readonly<Record<string, number>>;
}

function pairs(first: Answers, second: Answers): Pair[] {
  return Object.entries(first).flatMap(([id, a]) => {
    const b = second[id];
    if (b?.task !== a.task) return [];
    const differences: Record<string, number> = {};
    for (const mode of MODES) {
      const [x, y] = [a[mode], b[mode]];
      if (x !== undefined && y !== undefined) differences[mode] = x - y;
    }
    return [{ task: a.task, differences }];
  });
}

/** A weighted sum over lines drawn within their tasks, in points, and its standard error. */
function estimate(lines: readonly Pair[], weight: (task: string, mode: string) => number): Estimate {
  const tasks = new Map<string, number[]>();
  for (const { task, differences } of lines) {
    const parts = Object.entries(differences);
    if (parts.length === 0) continue;
    const sum = parts.reduce((total, [mode, difference]) => total + weight(task, mode) * difference, 0);
    tasks.set(task, [...(tasks.get(task) ?? []), sum]);
  }
  let [points, variance] = [0, 0];
  for (const sums of tasks.values()) {
    const n = sums.length;
    const total = sums.reduce((a, b) => a + b, 0);
    points += total;
    // One line tells nothing of its task's spread; its own difference stands for it.
    if (n === 1) variance += total ** 2;
    else variance += (sums.reduce((a, b) => a + (b - total / n) ** 2, 0) * n) / (n - 1);
  }
  return { points: 100 * points, error: 100 * Math.sqrt(variance) };
}

/** Two-sided binomial test of `wins` against `losses` at a half. */
export function signTest(wins: number, losses: number): number {
  const n = wins + losses;
  if (n === 0) return 1;
  let [log, tail] = [-n * Math.LN2, 0];
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    tail += Math.exp(log);
    log += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * tail);
}
