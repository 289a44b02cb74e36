/**
 * An engine that loads at once and writes tokens at the pace the question asks for ("stream 300 per second for 8 s"), so that what
 * the page makes of them can be measured apart from what a model takes. After "write at 80 per second:" stands what it writes.
 */

/** @typedef {import('../../electron/contract/engine').EngineCommand} EngineCommand */
/** @typedef {import('../../electron/contract/engine').EngineMessage} EngineMessage */
/** @typedef {import('../../electron/contract/generation').GenerationEvent} GenerationEvent */

/** What models write: prose, a list, code, a table. One token is a word or a sign. */
const TEXT = `Sorting puts things **in order**. There are several ways to do it, and each has its place:

1. *Insertion sort* is short and quick for a few items.
2. *Merge sort* keeps equal items in their order, whatever their number.

\`\`\`python
def merge(left, right):
    result = []
    while left and right:
        result.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return result + left + right
\`\`\`

| Method | Time | Memory |
| --- | --- | --- |
| Insertion | n² | none |
| Merge | n log n | n |

With $n$ items, merge sort needs about $n \\log_2 n$ comparisons, and for a list of 1,000 names that is 10,000.

`;
/** @param {string} text */
const tokensOf = (text) => text.match(/\s*\S{1,6}|\s+$/g) ?? [];
const TOKENS = tokensOf(TEXT);
const TICK_MS = 5;

/** @type {Set<number>} */
const aborted = new Set();

/** @param {EngineMessage} message */
const send = (message) => {
  if (process.connected) process.send?.(message);
};

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const command = /** @type {EngineCommand} */ (message);
  switch (command.type) {
    case 'load':
      send({ type: 'loaded', id: command.id, model: loaded });
      return;
    case 'count-tokens':
      send({ type: 'token-count', id: command.id, promptTokens: 100 });
      return;
    case 'abort':
      aborted.add(command.id);
      return;
    case 'generate':
      generate(command.id, command.request);
      return;
    case 'shutdown':
      process.exit(0);
  }
});
send({ type: 'ready', runtime: 'a script', pid: process.pid });

/**
 * @param {number} id
 * @param {import('../../electron/contract/generation').GenerationRequest} request
 */
function generate(id, request) {
  const part = request.messages.at(-1)?.content.at(-1);
  const question = part?.type === 'text' ? part.text : '';
  const [, perSecond = '300', seconds = '1'] = /(\d+) per second for (\d+) s/.exec(question) ?? [];
  const [, ownRate, own] = /^write at (\d+) per second:\n([\s\S]*)$/.exec(question) ?? [];
  const rate = Number(ownRate ?? perSecond);
  const tokens = own === undefined ? TOKENS : tokensOf(own);
  const total = own === undefined ? rate * Number(seconds) : tokens.length;
  /** @param {GenerationEvent} event */
  const say = (event) => send({ type: 'generation', id, event });
  say({ type: 'started', promptTokens: 100 });
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate));
    for (; sent < due; sent++) {
      say({ type: 'delta', channel: 'answer', text: tokens[sent % tokens.length] ?? '', tokens: 1 });
    }
    if (sent < total && !aborted.has(id)) return;
    clearInterval(timer);
    say({ type: 'finished', reason: sent < total ? 'aborted' : 'stop', stats: stats(sent, rate) });
  }, TICK_MS);
}

/**
 * @param {number} outputTokens
 * @param {number} tokensPerSecond
 * @returns {import('../../electron/contract/generation').GenerationStats}
 */
function stats(outputTokens, tokensPerSecond) {
  return {
    promptTokens: 100,
    outputTokens,
    reasoningTokens: 0,
    queuedMs: 0,
    firstTokenMs: 5,
    reasoningMs: 0,
    totalMs: (outputTokens / tokensPerSecond) * 1000,
    tokensPerSecond,
    provider: 'cpu',
    precision: 'int4',
    peakMemoryBytes: 1,
    seed: 1,
  };
}

/** @type {import('../../electron/contract/engine').LoadedModel} */
const loaded = {
  manifest: {
    format: 1,
    id: 'scripted',
    family: 'autoglm-phone',
    name: 'Scripted',
    license: 'Apache-2.0',
    source: 'a test',
    parameters: 1,
    modalities: ['text'],
    precision: 'int4',
    contextLength: 1_000_000,
    maxOutputTokens: 1_000_000,
    architecture: {},
    graphs: {},
    tokenizer: 'tokenizer.json',
    tokens: { pad: 0, eos: [1], decoderStart: 2 },
    generation: {},
    memory: { weights: 1, kvPerToken: 1 },
    files: [],
  },
  provider: 'cpu',
  device: 'none',
  contextLength: 1_000_000,
  passedOver: [],
  loadMs: 1,
  memoryBytes: 1,
};
