import { chars, choice, type Expression, sequence, text } from './expression';
import { digits } from './json-text';

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Places of a decimal number: at each a range of digits. */
type Places = readonly (readonly [from: number, to: number])[];

/** Without a bound of their own numbers stay below this, where a double has room for decimals too. */
const LARGE = 10n ** 15n;
const LARGE_WITH_DECIMALS = 10n ** 9n;
/** Decimals of a bound that count; what is finer is rounded inwards. */
const MAX_SCALE = 12;
/** Decimals beyond those of the bounds. */
const MORE_DECIMALS = 6;

/** JSON integers within bounds; null where there is none. */
export function integerWithin(bounds: Bounds): Expression | null {
  const low = lowerInteger(bounds);
  const high = upperInteger(bounds);
  const least = low ?? (high !== null && high < -LARGE ? high * 10n : -LARGE + 1n);
  const most = high ?? (low !== null && low > LARGE ? low * 10n : LARGE - 1n);
  return joined(integers(least, most));
}

/** JSON numbers within bounds, written without an exponent; null where there is none. */
export function numberWithin(bounds: Bounds): Expression | null {
  const scale = Math.min(
    MAX_SCALE,
    Math.max(1, ...Object.values(bounds).map((bound) => toDecimal(bound).scale)),
  );
  const unit = 10n ** BigInt(scale);
  const low = largest([
    scaled(bounds.minimum, scale, 'up', 0n),
    scaled(bounds.exclusiveMinimum, scale, 'up', 1n),
  ]);
  const high = smallest([
    scaled(bounds.maximum, scale, 'down', 0n),
    scaled(bounds.exclusiveMaximum, scale, 'down', 1n),
  ]);
  // Between a number of this many decimals and the next, more decimals stay below the next.
  const top = smallest([
    scaled(bounds.maximum, scale, 'down', 0n),
    scaled(bounds.exclusiveMaximum, scale, 'down', 0n),
  ]);
  const bottom = largest([
    scaled(bounds.minimum, scale, 'up', 0n),
    scaled(bounds.exclusiveMinimum, scale, 'up', 0n),
  ]);
  const limit = LARGE_WITH_DECIMALS * unit;
  const found: Expression[] = [];
  found.push(
    ...integers(
      low === null ? -LARGE + 1n : divideUp(low, unit),
      high === null ? LARGE - 1n : divideDown(high, unit),
    ),
  );
  const from = largest([low, -limit]) as bigint;
  const to = smallest([high, limit]) as bigint;
  const more = digits(1, MORE_DECIMALS);
  // Numbers from zero up …
  found.push(...decimals(largest([from, 0n]) as bigint, to, scale));
  found.push(
    ...decimals(largest([from, 0n]) as bigint, (smallest([top, limit]) as bigint) - 1n, scale, more),
  );
  // … and below it: what is least in size is largest in value.
  const minus = (expression: Expression) => sequence(text('-'), expression);
  found.push(...decimals(largest([-to, 1n]) as bigint, -from, scale).map(minus));
  const least = largest([high === null ? null : -high, 0n]) as bigint;
  const most = -(largest([bottom, -limit]) as bigint) - 1n;
  found.push(...decimals(least, most, scale, more).map(minus));
  return joined(found);
}

const joined = (found: readonly Expression[]): Expression | null =>
  found.length > 0 ? choice(...found) : null;

function integers(low: bigint, high: bigint): Expression[] {
  const found: Expression[] = [];
  if (low < 0n) {
    const sizes = magnitudes(high < 0n ? -high : 1n, -low, 1);
    found.push(...sizes.map((places) => sequence(text('-'), written(places))));
  }
  if (high >= 0n) found.push(...magnitudes(low > 0n ? low : 0n, high, 1).map(written));
  return found;
}

/** Numbers from `low` to `high`, both in units of their last decimal. */
function decimals(low: bigint, high: bigint, scale: number, more?: Expression): Expression[] {
  return magnitudes(low, high, scale + 1).map((places) => {
    const point = places.length - scale;
    const parts = [written(places.slice(0, point)), text('.'), written(places.slice(point))];
    return sequence(...parts, ...(more ? [more] : []));
  });
}

/** The decimal digits of `low` … `high`, of at least `width` places. */
function magnitudes(low: bigint, high: bigint, width: number): Places[] {
  const found: Places[] = [];
  for (let length = width; low <= high && (length === width || 10n ** BigInt(length - 1) <= high); length++) {
    const first = length === width ? 0n : 10n ** BigInt(length - 1);
    const last = 10n ** BigInt(length) - 1n;
    const from = low > first ? low : first;
    const to = high < last ? high : last;
    const pad = (value: bigint) => String(value).padStart(length, '0');
    if (from <= to) found.push(...between(pad(from), pad(to)));
  }
  return found;
}

/** All strings of digits from `low` to `high`, which are equally long. */
function between(low: string, high: string): Places[] {
  if (low === '') return [[]];
  const first = Number(low[0]);
  const last = Number(high[0]);
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const prefixed = (digit: number, rests: readonly Places[]): Places[] =>
    rests.map((rest) => [[digit, digit], ...rest]);
  if (first === last) return prefixed(first, between(lowRest, highRest));
  const found: Places[] = [];
  const openBelow = /^0*$/.test(lowRest);
  const openAbove = /^9*$/.test(highRest);
  if (!openBelow) found.push(...prefixed(first, between(lowRest, '9'.repeat(lowRest.length))));
  const from = openBelow ? first : first + 1;
  const to = openAbove ? last : last - 1;
  if (from <= to) found.push([[from, to], ...lowRest.split('').map((): [number, number] => [0, 9])]);
  if (!openAbove) found.push(...prefixed(last, between('0'.repeat(highRest.length), highRest)));
  return found;
}

function written(places: Places): Expression {
  return sequence(...places.map(([from, to]) => (from === to ? text(String(from)) : chars(`${from}-${to}`))));
}

function lowerInteger({ minimum, exclusiveMinimum }: Bounds): bigint | null {
  return largest([scaled(minimum, 0, 'up', 0n), scaled(exclusiveMinimum, 0, 'up', 1n)]);
}

function upperInteger({ maximum, exclusiveMaximum }: Bounds): bigint | null {
  return smallest([scaled(maximum, 0, 'down', 0n), scaled(exclusiveMaximum, 0, 'down', 1n)]);
}

/** A bound in units of the last decimal, rounded inwards; `exclude` is added where the bound itself is such a number. */
function scaled(
  bound: number | undefined,
  scale: number,
  direction: 'up' | 'down',
  exclude: bigint,
): bigint | null {
  if (bound === undefined) return null;
  const decimal = toDecimal(bound);
  const shift = scale - decimal.scale;
  if (shift >= 0) {
    const exact = decimal.value * 10n ** BigInt(shift);
    return direction === 'up' ? exact + exclude : exact - exclude;
  }
  const divisor = 10n ** BigInt(-shift);
  const isExact = decimal.value % divisor === 0n;
  const rounded = direction === 'up' ? divideUp(decimal.value, divisor) : divideDown(decimal.value, divisor);
  if (!isExact) return rounded;
  return direction === 'up' ? rounded + exclude : rounded - exclude;
}

/** The shortest decimal that is this double, as `value / 10 ** scale`. */
function toDecimal(number: number): { readonly value: bigint; readonly scale: number } {
  const [mantissa = '0', exponent = '0'] = String(number).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const value = BigInt(whole + fraction);
  return scale >= 0 ? { value, scale } : { value: value * 10n ** BigInt(-scale), scale: 0 };
}

function divideDown(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

const divideUp = (value: bigint, divisor: bigint): bigint => -divideDown(-value, divisor);

function largest(values: readonly (bigint | null)[]): bigint | null {
  return values.reduce(
    (best, value) => (best === null || (value !== null && value > best) ? value : best),
    null,
  );
}

function smallest(values: readonly (bigint | null)[]): bigint | null {
  return values.reduce(
    (best, value) => (best === null || (value !== null && value < best) ? value : best),
    null,
  );
}
