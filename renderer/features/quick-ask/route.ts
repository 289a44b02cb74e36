/** The quick-ask window shows the same page at an address of its own; in a browser that is simply an address. */
export const isQuickAsk = location.hash.startsWith('#/quick');
