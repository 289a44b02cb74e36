/**
 * A seeded source of uniform numbers in [0, 1) with 32 random bits: sfc32 (Chris Doty-Humphrey, PractRand), 15 rounds discarded as its
 * author does. The same seed gives the same sequence on every machine.
 */
export function createRandom(seed: number): () => number {
  let a = 0;
  let b = seed >>> 0;
  let c = Math.floor(seed / 2 ** 32) >>> 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** A seed for a request that names none: 32 bits, so that it survives any client's number type. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number;
}
