/**
 * Milliseconds of processor time that this process takes for `work`; of several runs, the least. For tests of how much work something
 * is: unlike the time on the clock it hardly grows when other programs keep the machine busy. Other threads of the process count too.
 */
export async function cpuMs(work: () => unknown, runs = 1): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
