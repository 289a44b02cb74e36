import { setTimeout as sleep, setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AssistantMessage, TurnEvent } from '../../contract/conversations';
import { stats } from '../testing/scripted-engine';
import { send, setup } from '../testing/turns';
import { type AnswerEvent, RunningTurn } from './running-turn';

describe('streaming', () => {
  it('joins deltas to at most about 60 a second and loses none', async () => {
    const { turns, events, nextRun, finished } = setup();
    turns.start(send('count'));
    const run = await nextRun();
    const start = performance.now();
    let text = '';
    for (let index = 0; index < 400; index++) {
      run.say(`${index} `);
      text += `${index} `;
      if (index % 4 === 3) await sleep(1);
    }
    run.send({ type: 'finished', reason: 'stop', stats });
    expect((await finished()).text).toBe(text);
    const deltas = events.filter((event) => event.type === 'delta');
    expect(deltas.map((delta) => delta.text).join('')).toBe(text);
    expect(deltas.reduce((sum, delta) => sum + delta.tokens, 0)).toBe(400);
    // Node's timers may fire a millisecond early.
    expect(deltas.length).toBeLessThanOrEqual((performance.now() - start) / 15 + 2);
  });

  it('keeps which parts of a document the model was shown', async () => {
    const { turns } = setup();
    const [, answer] = turns.start(send('What does it say?')).messages;
    if (answer?.role !== 'assistant') throw new Error('There is no answer.');
    const documents = [{ sha256: 'd', name: 'a.pdf', passages: 9, used: [[0, 50]] }] as const;
    const events = async function* (): AsyncGenerator<AnswerEvent> {
      yield { type: 'documents', documents };
      yield { type: 'started', promptTokens: 9 };
      yield { type: 'finished', reason: 'stop', stats };
    };
    const saved: AssistantMessage[] = [];
    const told: TurnEvent[] = [];
    const turn = new RunningTurn('t', answer, {
      save: (message) => void saved.push(message),
      emit: (event) => void told.push(event),
      ended: () => {},
      now: () => 0,
    });
    await turn.run(events(), () => null);
    expect(told[0]).toMatchObject({ type: 'started', documents });
    expect(saved.at(-1)).toMatchObject({ state: 'done', documents });
  });

  it('saves what arrives within half a second', async () => {
    const { turns, nextRun, answerIn } = setup();
    const { conversationId } = turns.start(send('slow'));
    const run = await nextRun();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    run.send({ type: 'started', promptTokens: 1 });
    run.say('partial');
    await tick();
    expect(answerIn(conversationId)).toMatchObject({ text: '' });
    vi.advanceTimersByTime(480);
    expect(answerIn(conversationId)).toMatchObject({ state: 'streaming', text: 'partial' });
  });

  it('replays what a window missed, nothing twice', async () => {
    const { turns, events, nextRun, finished } = setup();
    const { conversationId, turnId } = turns.start(send('x'));
    expect(turns.attach(conversationId)).toMatchObject({ turnId, seq: 0, reasoningMs: null });
    const run = await nextRun();
    run.send({ type: 'started', promptTokens: 1 });
    run.say('abc', 'reasoning');
    run.say('d');
    run.say('e');
    await tick();
    const snapshot = turns.attach(conversationId);
    expect(snapshot).toMatchObject({
      reasoningTokens: 1,
      outputTokens: 3,
      message: { reasoning: 'abc', text: 'de' },
    });
    run.say('f');
    run.send({ type: 'finished', reason: 'stop', stats });
    const message = await finished();
    const later = events.filter(({ seq }) => seq > (snapshot?.seq ?? 0));
    const text = later.reduce((sum, event) => (event.type === 'delta' ? sum + event.text : sum), 'de');
    expect(text).toBe(message.text);
    expect(turns.attach(conversationId)).toBeNull();
    expect(turns.attach('gone')).toBeNull();
  });
});

describe('ending', () => {
  it('stops when asked, with what there is', async () => {
    const { turns, nextRun, finished, answerIn } = setup();
    const { turnId, conversationId } = turns.start(send('x'));
    const run = await nextRun();
    run.say('half an ans');
    turns.stop(turnId);
    expect(run.signal.aborted).toBe(true);
    run.send({ type: 'finished', reason: 'aborted', stats });
    expect(await finished()).toMatchObject({
      state: 'stopped',
      finishReason: 'aborted',
      text: 'half an ans',
    });
    expect(answerIn(conversationId)).toMatchObject({ state: 'stopped', text: 'half an ans' });
    turns.stop(turnId);
  });

  it('stops an engine that does not listen', async () => {
    const { turns, nextRun, finished } = setup();
    const { turnId, conversationId } = turns.start(send('x'));
    const run = await nextRun();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    turns.stop(turnId);
    vi.advanceTimersByTime(2_000);
    expect(turns.attach(conversationId)).not.toBeNull();
    vi.advanceTimersByTime(2_000);
    const message = await finished();
    expect(message).toMatchObject({ state: 'stopped' });
    run.say('too late');
    run.send({ type: 'finished', reason: 'stop', stats });
    await tick();
    expect(turns.attach(conversationId)).toBeNull();
  });

  it('counts a stop before the first token as stopped, not failed', async () => {
    const { turns, nextRun, finished } = setup();
    const { turnId } = turns.start(send('x'));
    const run = await nextRun();
    turns.stop(turnId);
    run.send({ type: 'failed', error: { code: 'aborted', message: 'Stopped.' } });
    expect(await finished()).toMatchObject({ state: 'stopped', error: null });
  });

  it('fails with the reason and keeps the text; asking again works at once', async () => {
    const { turns, nextRun, finished, answerIn, events } = setup();
    const { conversationId } = turns.start(send('x'));
    const run = await nextRun();
    run.say('some');
    const error = { code: 'context-exceeded', message: 'Too long.', details: { promptTokens: 9 } } as const;
    run.send({ type: 'failed', error });
    const failed = await finished();
    expect(failed).toMatchObject({ state: 'failed', text: 'some', error });
    expect(answerIn(conversationId)).toEqual(failed);

    events.length = 0;
    turns.start({ kind: 'regenerate', conversationId, messageId: failed.id, thinking: false });
    const again = await nextRun();
    expect(again.request.messages).toHaveLength(1);
    again.say('better');
    again.send({ type: 'finished', reason: 'stop', stats });
    expect(await finished()).toMatchObject({ state: 'done', text: 'better', parentId: failed.parentId });
  });

  it('survives an engine that throws or ends without a word', async () => {
    const { turns, engine, finished, events } = setup();
    engine.generate = async function* () {
      yield { type: 'started', promptTokens: 1 };
    };
    turns.start(send('x'));
    expect(await finished()).toMatchObject({ state: 'failed', error: { code: 'engine-failed' } });
    events.length = 0;
    engine.generate = async function* () {
      yield { type: 'started', promptTokens: 1 };
      throw new Error('a bug');
    };
    turns.start(send('x'));
    expect(await finished()).toMatchObject({
      state: 'failed',
      error: { code: 'internal', message: 'a bug' },
    });
  });

  it('fails a turn that cannot be saved, and says that the disk is full', async () => {
    const { turns, nextRun, finished, database } = setup();
    turns.start(send('x'));
    const run = await nextRun();
    const { page_count: pages } = database.prepare<{ page_count: number }>('PRAGMA page_count').get() ?? {
      page_count: 0,
    };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    run.say('much text '.repeat(50_000));
    const message = await finished();
    expect(message).toMatchObject({ state: 'failed', error: { code: 'disk-full' } });
    expect(message.text).toContain('much text');
    expect(run.signal.aborted).toBe(true);
  });

  it('ends and saves everything when the app closes', async () => {
    const { turns, nextRun, answerIn } = setup();
    const a = turns.start(send('a'));
    (await nextRun()).say('part of a');
    await tick();
    turns.close();
    expect(answerIn(a.conversationId)).toMatchObject({ state: 'stopped', text: 'part of a' });
  });
});
