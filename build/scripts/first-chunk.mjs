/**
 * Puts everything a page imports before it can be drawn into one file. Left alone, the bundler makes a file of every set of
 * modules that some lazy part shares with the page: forty requests, six at a time, before anything is seen.
 *
 * @returns {{ plugin: import('vite').Plugin, group: { name: string, test: (id: string) => boolean } }}
 */
export function firstChunk() {
  /** @type {Set<string>} */
  const modules = new Set();
  return {
    plugin: {
      name: 'first-chunk',
      apply: 'build',
      buildEnd() {
        modules.clear();
        const waiting = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
          if (modules.has(id)) continue;
          modules.add(id);
          waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      },
    },
    group: { name: 'first', test: (id) => modules.has(id) },
  };
}
