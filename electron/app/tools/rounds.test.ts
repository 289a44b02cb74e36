import { expect, it } from 'vitest';
import type { AnswerEvent } from '../turns/running-turn';
import { Consents } from './consents';
import type { OfferedTool } from './offer';
import { answerInRounds } from './rounds';

const TOOL = {
  name: 'add',
  server: { id: 's', name: 'Sums' },
  info: { name: 'add', title: 'Add', readOnly: false },
} as unknown as OfferedTool;

const STATS = { promptTokens: 1, outputTokens: 1 } as unknown as Extract<
  AnswerEvent,
  { type: 'finished' }
>['stats'];

/** Calls the tool once, then answers. */
async function* generate(calls: boolean): AsyncGenerator<AnswerEvent> {
  if (calls) yield { type: 'tool-call', index: 0, id: 'c1', name: 'add', arguments: '{"a":1}' };
  else yield { type: 'delta', channel: 'answer', text: 'Two.', tokens: 1 };
  yield { type: 'finished', reason: 'stop', stats: STATS };
}

it('consent that is given while the question is still being kept is not lost', async () => {
  const consents = new Consents();
  const signal = new AbortController().signal;
  let runs = 0;
  const states: string[] = [];
  const events = answerInRounds({ messages: [], sampling: {}, enableThinking: false }, signal, {
    generate: () => generate(runs++ === 0),
    tools: [TOOL],
    firstRound: 0,
    needsNoConsent: () => false,
    ask: (callId) => consents.ask('turn', callId, signal),
    call: async () => ({ text: '2', length: 1, isError: false }),
    now: () => 0,
  });
  for await (const event of events) {
    if (event.type !== 'tool') continue;
    states.push(event.call.state);
    if (event.call.state === 'asking') consents.answer('turn', event.call.id, 'once');
  }
  expect(states).toEqual(['writing', 'asking', 'running', 'done']);
});
