/**
 * An engine that speaks the protocol of electron/contract/engine.ts and "sees" and "hears": it answers with what it was given
 * of each image or recording in the whole conversation, read from the file it was pointed to.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send, serve } from '../../electron/app/testing/engine-channel.mjs';
import { loadedModelOf, statsOf } from '../../electron/app/testing/facts.mjs';

serve('a test', (command) => {
  switch (command.type) {
    case 'load': {
      const manifest = JSON.parse(readFileSync(join(command.folder, 'autoglm.json'), 'utf8'));
      send({ type: 'loaded', id: command.id, model: loadedModelOf(manifest, { contextLength: 8192 }) });
      return;
    }
    case 'count-tokens':
      send({ type: 'token-count', id: command.id, promptTokens: 100 });
      return;
    case 'generate':
      answer(command.id, command.request);
  }
});

/**
 * @param {number} id
 * @param {import('../../electron/contract/generation').GenerationRequest} request
 */
function answer(id, request) {
  const parts = request.messages.flatMap(({ content }) => content);
  const images = parts.filter((part) => part.type === 'image');
  const clips = parts.filter((part) => part.type === 'audio');
  const whole = [...images, ...clips].filter(
    ({ path, sha256 }) => createHash('sha256').update(readFileSync(path)).digest('hex') === sha256,
  );
  send({ type: 'generation', id, event: { type: 'started', promptTokens: 100 } });
  const text =
    clips.length > 0
      ? `I hear ${whole.length} of ${clips.length} recordings.`
      : `I see ${whole.length} of ${images.length} images.`;
  send({ type: 'generation', id, event: { type: 'delta', channel: 'answer', text, tokens: 8 } });
  send({
    type: 'generation',
    id,
    event: {
      type: 'finished',
      reason: 'stop',
      stats: statsOf({ promptTokens: 100, outputTokens: 8, reasoningTokens: 0, reasoningMs: 0 }),
    },
  });
}
