/**
 * An engine that loads at once and writes tokens at the pace the question asks for ("stream 300 per second for 8 s"), so that what
 * the page makes of them can be measured apart from what a model takes. After "write at 80 per second:" stands what it writes;
 * where a ⏸ stands there, its process holds itself until it gets a SIGCONT. "call add {…}" calls that tool, where it was told of any, and
 * then says what the tool said.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send, serve } from '../../electron/app/testing/engine-channel.mjs';
import { loadedModelOf, statsOf } from '../../electron/app/testing/facts.mjs';

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

let contextLength = 1_000_000;
/** @type {Set<number>} */
const aborted = new Set();

serve('a script', (command) => {
  switch (command.type) {
    case 'load': {
      const manifest = JSON.parse(readFileSync(join(command.folder, 'autoglm.json'), 'utf8'));
      // The built-in model's own would be filled by the long conversations that are measured.
      contextLength = manifest.source === 'a test' ? manifest.contextLength : 1_000_000;
      const takesTools = manifest.source !== 'a test';
      const model = loadedModelOf(manifest, { contextLength, takesTools });
      send({ type: 'loaded', id: command.id, model });
      return;
    }
    case 'count-tokens': {
      const promptTokens = tokensIn(command.request);
      if (promptTokens < contextLength) send({ type: 'token-count', id: command.id, promptTokens });
      else {
        const details = { tokens: promptTokens, limit: contextLength };
        const error = { code: /** @type {const} */ ('context-exceeded'), message: 'Too long.', details };
        send({ type: 'failed', id: command.id, error });
      }
      return;
    }
    case 'abort':
      aborted.add(command.id);
      return;
    case 'generate':
      generate(command.id, command.request);
  }
});

/**
 * @param {number} id
 * @param {import('../../electron/contract/generation').GenerationRequest} request
 */
function generate(id, request) {
  const part = request.messages.at(-1)?.content.at(-1);
  const question = part?.type === 'text' ? part.text : '';
  if (request.toolUse && callAsked(id, question)) return;
  const [, perSecond = '300', seconds = '1'] = /(\d+) per second for (\d+) s/.exec(question) ?? [];
  const said =
    request.messages.at(-1)?.role === 'tool'
      ? `write at 300 per second:\nThe tool said: ${question}`
      : question;
  const [, ownRate, own] = /^write at (\d+) per second:\n([\s\S]*)$/.exec(said) ?? [];
  const rate = Number(ownRate ?? perSecond);
  const tokens = own === undefined ? TOKENS : tokensOf(own);
  const total = own === undefined ? rate * Number(seconds) : tokens.length;
  /** @param {GenerationEvent} event */
  const say = (event) => send({ type: 'generation', id, event });
  say({ type: 'started', promptTokens: 100 });
  let begun = performance.now();
  let sent = 0;
  let holding = false;
  const timer = setInterval(() => {
    if (holding) return;
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate));
    for (; sent < due; sent++) {
      const text = tokens[sent % tokens.length] ?? '';
      if (own !== undefined && text.includes('⏸')) {
        sent++;
        holding = true;
        const since = performance.now();
        // In a moment, as what has been said is still on its way.
        setTimeout(() => {
          process.kill(process.pid, 'SIGSTOP');
          begun += performance.now() - since;
          holding = false;
        }, TICK_MS);
        return;
      }
      say({ type: 'delta', channel: 'answer', text, tokens: 1 });
    }
    if (sent < total && !aborted.has(id)) return;
    clearInterval(timer);
    say({ type: 'finished', reason: sent < total ? 'aborted' : 'stop', stats: stats(sent, rate) });
  }, TICK_MS);
}

/**
 * @param {number} id
 * @param {string} question
 */
function callAsked(id, question) {
  const [, name, args] = /^call (\w+) (\{.*\})$/.exec(question) ?? [];
  if (name === undefined || args === undefined) return false;
  /** @param {GenerationEvent} event */
  const say = (event) => send({ type: 'generation', id, event });
  say({ type: 'started', promptTokens: 100 });
  say({ type: 'delta', channel: 'answer', text: 'Let me see.', tokens: 3 });
  say({ type: 'tool-call', index: 0, id: `call${id}`, name, arguments: '' });
  say({ type: 'tool-call', index: 0, arguments: args });
  say({ type: 'finished', reason: 'stop', stats: stats(12, 300) });
  return true;
}

/**
 * @param {number} outputTokens
 * @param {number} tokensPerSecond
 */
function stats(outputTokens, tokensPerSecond) {
  const totalMs = (outputTokens / tokensPerSecond) * 1000;
  return statsOf({
    promptTokens: 100,
    outputTokens,
    reasoningTokens: 0,
    reasoningMs: 0,
    totalMs,
    tokensPerSecond,
  });
}

/**
 * Four characters each, and a hundred for an image.
 *
 * @param {import('../../electron/contract/generation').GenerationRequest} request
 */
function tokensIn({ messages }) {
  const parts = messages.flatMap(({ content }) => content);
  return parts.reduce((sum, part) => sum + (part.type === 'text' ? Math.ceil(part.text.length / 4) : 100), 0);
}
