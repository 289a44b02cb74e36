/**
 * An engine that speaks the protocol of contract/engine.ts from a script, for tests of what surrounds it. The words of the last
 * user message say what it does: `crash`, `hang` (ignores aborts), `fail`, `slow` (streams until stopped), `long N` (N tokens);
 * anything else is echoed after a short reasoning. A folder whose name holds `broken` fails to load, `crashing` ends the process, `stuck`
 * never comes back; nor does counting the tokens of a message that holds `stuck`.
 */
import { basename } from 'node:path';
import { send, serve } from './engine-channel.mjs';
import { loadedModelOf, manifestOf, statsOf } from './facts.mjs';

/** @typedef {import('../../contract/engine').EngineCommand} EngineCommand */
/** @typedef {import('../../contract/generation').GenerationEvent} GenerationEvent */

/** @type {Set<number>} */
const aborted = new Set();

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** As native code, or an expression that tries everything, does. */
function stick() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

serve('fake', async (command) => {
  switch (command.type) {
    case 'load':
      if (basename(command.folder).includes('crashing')) process.exit(3);
      send({ type: 'load-progress', id: command.id, phase: 'read', fraction: 0.5 });
      if (basename(command.folder).includes('stuck')) stick();
      await sleep(Number(process.env.FAKE_LOAD_MS ?? 10));
      if (basename(command.folder).includes('broken')) {
        send({
          type: 'failed',
          id: command.id,
          error: { code: 'model-damaged', message: 'decoder.onnx has the wrong sha256.' },
        });
        return;
      }
      send({
        type: 'loaded',
        id: command.id,
        model: loadedModelOf(manifestOf(basename(command.folder))),
      });
      return;
    case 'count-tokens':
      if (JSON.stringify(command.request.messages).includes('stuck')) stick();
      send({
        type: 'token-count',
        id: command.id,
        promptTokens: JSON.stringify(command.request.messages).length,
      });
      return;
    case 'abort':
      aborted.add(command.id);
      return;
    case 'transcribe':
      await transcribe(command);
      return;
    case 'listen':
      send({ type: 'heard', id: command.id, events: [{ type: 'start', at: command.samples.length }] });
      return;
    case 'generate':
      await generate(command.id, command.request);
  }
});

/** The path says what happens: `crash`, `fail`, `slow` (until stopped); anything else is the text. @param {Extract<EngineCommand, { type: 'transcribe' }>} command */
async function transcribe({ id, path, recognizer, language }) {
  if (path === 'crash') process.kill(process.pid, 'SIGKILL');
  const error = { code: /** @type {const} */ ('out-of-memory'), message: 'Too large.' };
  if (path === 'fail') send({ type: 'failed', id, error });
  else if (path === 'slow') {
    while (!aborted.has(id)) await sleep(5);
    send({ type: 'failed', id, error: { code: 'aborted', message: 'Stopped.' } });
  } else {
    const text = [path, recognizer.kind, language].join();
    send({
      type: 'transcript',
      id,
      text,
      spoken: true,
      speechMs: 1000,
      elapsedMs: 1,
      segments: [{ text, start: 0, end: 1 }],
    });
  }
}

/**
 * @param {number} id
 * @param {import('../../contract/generation').GenerationRequest} request
 */
async function generate(id, request) {
  /** @param {GenerationEvent} value */
  const event = (value) => send({ type: 'generation', id, event: value });
  const part = request.messages.at(-1)?.content.at(-1);
  const last = part?.type === 'text' ? part.text : '';
  const words = last.split(' ');
  event({ type: 'started', promptTokens: last.length });
  if (last.startsWith('fail')) {
    event({
      type: 'failed',
      error: {
        code: 'context-exceeded',
        message: 'Too long.',
        details: { promptTokens: 3000, contextLength: 2048 },
      },
    });
    return;
  }
  if (request.enableThinking) {
    event({ type: 'delta', channel: 'reasoning', text: 'Thinking about it.', tokens: 4 });
    await sleep(5);
  }
  const count =
    last.startsWith('slow') || last.startsWith('hang')
      ? Infinity
      : last.startsWith('long')
        ? Number(words[1])
        : 0;
  let tokens = 4;
  for (let index = 0; index < count; index++) {
    if (aborted.has(id) && !last.startsWith('hang')) {
      event({ type: 'finished', reason: 'aborted', stats: statsOf({ outputTokens: tokens }) });
      return;
    }
    event({ type: 'delta', channel: 'answer', text: `${index} `, tokens: 1 });
    tokens++;
    if (index % 4 === 3) await sleep(10);
  }
  if (count === 0) {
    event({
      type: 'delta',
      channel: 'answer',
      text: `${request.prefix?.answer ? '' : 'You said: '}${last}`,
      tokens: 3,
    });
    if (last.startsWith('crash')) {
      await sleep(30);
      process.kill(process.pid, 'SIGKILL');
    }
  }
  event({ type: 'finished', reason: 'stop', stats: statsOf({ outputTokens: tokens }) });
}
