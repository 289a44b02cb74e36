import { fromFloat16Bits, toFloat16Bits } from '../float16';

/** What the checks of kernels have in common that have no operator of ORT's to compare with. */

/** Bits of numbers of a normal distribution, nearly: the sum of four even ones. The same each time. */
export function draws(): () => number {
  let seed = 1;
  const even = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return seed / 2 ** 31;
  };
  return () => toFloat16Bits((even() + even() + even() + even()) * (Math.sqrt(3) / 2));
}

/** Root mean squares: of the differences over that of what was expected; NaN where something is no number. */
export function difference(got: Uint16Array, expected: Float64Array): number {
  let [apart, all] = [0, 0];
  for (const [i, value] of expected.entries()) {
    apart += (value - fromFloat16Bits(got[i]!)) ** 2;
    all += value ** 2;
  }
  return Math.sqrt(apart / all);
}
