import type { Outcome } from './pool';
import { type Evaluation, score, tally } from './report';
import { groupOf, type Line } from './sets';

/** The fixed subset that `npm test` asks, against what `eval.json` has of it. Why so many lines, and what may be lost: models/eval/README.md. */

type Groups = Evaluation['subset']['groups'];

export function subsetGroups(outcomes: readonly Outcome[]): Groups {
  return tally(outcomes, groupOf).map(({ name, thinking, n, right, of }) => ({
    name,
    thinking,
    n,
    right,
    ...(of === n ? { wrong: wrongIn(outcomes, name, thinking) } : { of }),
  }));
}

/**
 * What was stored of a package, and beside it how many of the same lines another precision of its weights has right.
 *
 * @throws Error where that was not asked the same lines.
 */
export function withOthers(stored: Groups, column: string, measured: Groups): Groups {
  return stored.map((group) => {
    const other = measured.find(({ name, thinking }) => name === group.name && thinking === group.thinking);
    if (other?.n !== group.n || other.of !== group.of)
      throw new Error(
        `${group.name}: ${column} was not asked the lines of eval.json; run npm run eval first.`,
      );
    return { ...group, others: { ...group.others, [column]: other.right } };
  });
}

const wrongIn = (outcomes: readonly Outcome[], group: string, thinking: boolean): string[] =>
  outcomes
    .filter((outcome) => groupOf(outcome.line.task) === group && outcome.thinking === thinking)
    .flatMap(({ line, right }) => (right === 0 ? [line.id] : []));

/** Every second line of each group, the first among them. */
export function everySecond(lines: readonly Line[]): Line[] {
  const places = new Map<string, number>();
  return lines.filter(({ task }) => {
    const place = places.get(groupOf(task)) ?? 0;
    places.set(groupOf(task), place + 1);
    return place % 2 === 0;
  });
}

/** Groups with thinking of which a line was lost that had been right, or nobody wrote down which were. */
export function inDoubt(stored: Groups, outcomes: readonly Outcome[]): ReadonlySet<string> {
  const known = new Map(
    stored.flatMap(({ name, thinking, wrong }) => (thinking && wrong ? [[name, new Set(wrong)]] : [])),
  );
  const lost = outcomes.filter(({ line, thinking, right }) => {
    const wrong = known.get(groupOf(line.task));
    return thinking && (!wrong || (right === 0 && !wrong.has(line.id)));
  });
  return new Set(lost.map(({ line }) => groupOf(line.task)));
}

/** What was stored, of groups with thinking that were asked in part the figures of that part. */
export function ofAsked(stored: Groups, subset: readonly Line[], asked: readonly Line[]): Groups {
  return stored.map((group) => {
    const { name, thinking, n, wrong } = group;
    const linesOf = (lines: readonly Line[]) => lines.filter(({ task }) => groupOf(task) === name);
    // Others than were measured: nothing can be said of a part of them.
    if (!thinking || !wrong || linesOf(subset).length !== n) return group;
    const left = linesOf(asked);
    return { ...group, n: left.length, right: left.filter(({ id }) => !wrong.includes(id)).length };
  });
}

/** Points that a group of the subset may lose. */
const TOLERANCE = 2;
/** The same where words or characters are counted: one clip of 26 that is heard otherwise is up to four points. */
const TOLERANCE_OF_RATES = 6;
/** Points that all groups together may lose: a line less in each of them is no rounding. */
const TOLERANCE_OF_ALL = 1;
/** Lines that may be lost in any case: another processor's last bits may cost them. */
const ROUNDING = 3;

/**
 * One sentence for each group that fell by more than the tolerance, or whose lines are no longer those measured, and one where all
 * of them together fell.
 */
export function regressions(stored: Groups, measured: Groups): string[] {
  const faults: string[] = [];
  const all = { n: 0, before: 0, now: 0 };
  for (const now of measured) {
    const mode = now.thinking ? 'with thinking' : 'without thinking';
    const then = stored.find((group) => group.name === now.name && group.thinking === now.thinking);
    if (then?.n !== now.n) {
      faults.push(`${now.name} ${mode}: eval.json has no figure for these ${now.n} lines; run npm run eval.`);
      continue;
    }
    const lines = now.of === undefined;
    const tolerance = lines ? TOLERANCE : TOLERANCE_OF_RATES;
    if (score(then) - score(now) > tolerance && !(lines && then.right - now.right <= ROUNDING)) {
      faults.push(`${now.name} ${mode} fell from ${score(then)} % to ${score(now)} % (${now.n} lines).`);
    }
    if (!lines) continue;
    all.n += now.n;
    all.before += then.right;
    all.now += now.right;
  }
  const [before, now] = [all.before, all.now].map((right) => score({ n: all.n, right }));
  if (before! - now! > TOLERANCE_OF_ALL && all.before - all.now > ROUNDING) {
    faults.push(`All groups together fell from ${before} % to ${now} % (${all.n} lines).`);
  }
  return faults;
}
