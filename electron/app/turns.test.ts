import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AssistantMessage, StartTurn, TurnEvent } from '../contract/conversations';
import { defaultSettings, type Settings } from '../contract/settings';
import { Conversations } from './conversations';
import { openDatabase } from './database';
import { ScriptedEngine, type ScriptedRun, stats } from './testing/scripted-engine';
import { temporaryHome } from './testing/temporary-home';
import { Turns } from './turns';

function setup(settings: Partial<Settings> = {}) {
  const home = temporaryHome();
  const { database } = openDatabase(join(home, 'a.db'));
  onTestFinished(() => database.close());
  const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
  const engine = new ScriptedEngine();
  const events: TurnEvent[] = [];
  const turns = new Turns({
    database,
    conversations,
    engine,
    settings: () => ({ ...defaultSettings, ...settings }),
    attachmentPath: (sha256) => join(home, sha256),
    emit: (event) => events.push(event),
    log: () => {},
  });
  onTestFinished(() => turns.close());
  const nextRun = async (): Promise<ScriptedRun> => {
    const count = engine.runs.length;
    while (engine.runs.length === count) await tick();
    return engine.runs[count]!;
  };
  const finished = async (): Promise<AssistantMessage> => {
    for (;;) {
      const event = events.at(-1);
      if (event?.type === 'finished') return event.message;
      await tick();
    }
  };
  const answerIn = (conversationId: string) => conversations.get(conversationId).messages.at(-1);
  return { home, database, conversations, engine, events, turns, nextRun, finished, answerIn };
}

function send(text: string, more: Partial<Extract<StartTurn, { kind: 'send' }>> = {}): StartTurn {
  return {
    kind: 'send',
    conversationId: null,
    parentId: null,
    text,
    attachments: [],
    thinking: true,
    ...more,
  };
}

describe('send', () => {
  it('begins a conversation, streams the answer and keeps it', async () => {
    const { turns, events, nextRun, finished, conversations } = setup({ systemPrompt: 'Be brief.' });
    const started = turns.start(send('What is 384 + 729?'));
    expect(started.messages).toMatchObject([
      { role: 'user', text: 'What is 384 + 729?', parentId: null },
      { role: 'assistant', state: 'pending', text: '', parentId: started.messages[0]?.id },
    ]);
    expect(events).toEqual([]);

    const run = await nextRun();
    expect(run.request).toEqual({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'What is 384 + 729?' }] },
      ],
      sampling: {},
      enableThinking: true,
    });
    run.send({ type: 'started', promptTokens: 12 });
    run.say('384 + 729 ', 'reasoning');
    run.say('= 1113', 'reasoning');
    run.say('1113');
    run.send({ type: 'finished', reason: 'stop', stats });
    const message = await finished();
    expect(message).toMatchObject({ state: 'done', reasoning: '384 + 729 = 1113', text: '1113', stats });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: 'started', promptTokens: 12 });

    const conversation = conversations.get(started.conversationId);
    expect(conversation).toMatchObject({ title: 'What is 384 + 729?', leafId: message.id });
    expect(conversation.messages.at(-1)).toEqual(message);
  });

  it('sends the branch it follows, answers without their reasoning', async () => {
    const { turns, nextRun, finished, events } = setup();
    const first = turns.start(send('one'));
    const run = await nextRun();
    run.say('thought', 'reasoning');
    run.say('first answer');
    run.send({ type: 'finished', reason: 'stop', stats });
    const { id } = await finished();
    events.length = 0;
    turns.start(send('two', { conversationId: first.conversationId, parentId: id, thinking: false }));
    const { request } = await nextRun();
    expect(request.enableThinking).toBe(false);
    expect(request.messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', [{ type: 'text', text: 'one' }]],
      ['assistant', [{ type: 'text', text: 'first answer' }]],
      ['user', [{ type: 'text', text: 'two' }]],
    ]);
  });

  it('gives the engine the files of attachments, and misses those that are gone', async () => {
    const { turns, nextRun, home, conversations } = setup();
    const attachment = {
      sha256: 'a'.repeat(64),
      kind: 'image',
      mediaType: 'image/png',
      name: 'photo.png',
      bytes: 3,
    } as const;
    expect(() => turns.start(send('', { attachments: [attachment] }))).toThrow(
      /photo.png is no longer there/,
    );
    expect(conversations.list()).toEqual([]);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, attachment.sha256), 'png');
    turns.start(send('', { attachments: [attachment] }));
    const { request } = await nextRun();
    expect(request.messages[0]?.content).toEqual([
      { type: 'image', path: join(home, attachment.sha256), sha256: attachment.sha256 },
    ]);
  });

  it('refuses what makes no sense and leaves nothing behind', () => {
    const { turns, conversations } = setup();
    expect(() => turns.start(send(' \n\t '))).toThrow(/nothing to send/);
    expect(() => turns.start(send('x', { conversationId: 'gone' }))).toThrow(/no longer exists/);
    expect(() => turns.start(send('x', { parentId: 'gone' }))).toThrow(/not part of the conversation/);
    expect(conversations.list()).toEqual([]);
    const { messages, conversationId } = turns.start(send('x'));
    turns.close();
    expect(() => turns.start(send('y', { conversationId, parentId: messages[0]?.id ?? '' }))).toThrow(
      /closing/,
    );
  });

  it('keeps control characters, NUL and lone surrogates from doing harm', async () => {
    const { turns, nextRun, finished, answerIn } = setup();
    const { conversationId, messages } = turns.start(send('a\0b\u0007\uD800c'));
    expect(messages[0]?.text).toBe('a\uFFFDb\u0007\uFFFDc');
    const run = await nextRun();
    run.say('x\0y');
    run.send({ type: 'finished', reason: 'stop', stats });
    expect((await finished()).text).toBe('x\uFFFDy');
    expect(answerIn(conversationId)?.text).toBe('x\uFFFDy');
  });

  it('titles by the answer where the question has no words', async () => {
    const { turns, nextRun, finished, conversations } = setup();
    const { conversationId } = turns.start(send('🎉'));
    const run = await nextRun();
    run.say('SECRET', 'reasoning');
    run.say('Congratulations! What happened?');
    run.send({ type: 'finished', reason: 'stop', stats });
    await finished();
    expect(conversations.get(conversationId).title).toBe('Congratulations!');
  });

  it('takes one turn a conversation, and several conversations at once', async () => {
    const { turns, nextRun, engine, finished } = setup();
    const a = turns.start(send('a'));
    const run = await nextRun();
    turns.start(send('b'));
    await nextRun();
    expect(engine.runs).toHaveLength(2);
    expect(() => turns.start(send('c', { conversationId: a.conversationId }))).toThrow(
      /still being answered/,
    );
    run.send({ type: 'finished', reason: 'stop', stats });
    await finished();
    expect(() => turns.start(send('c', { conversationId: a.conversationId }))).not.toThrow();
  });
});

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

  it('saves what arrives within half a second', async () => {
    const { turns, nextRun, answerIn } = setup();
    const { conversationId } = turns.start(send('slow'));
    const run = await nextRun();
    run.send({ type: 'started', promptTokens: 1 });
    run.say('partial');
    await sleep(480);
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
    turns.stop(turnId);
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

describe('continue', () => {
  it('goes on in place from what was written', async () => {
    const { turns, nextRun, finished, events, conversations, answerIn } = setup();
    const { conversationId, turnId } = turns.start(send('x'));
    const run = await nextRun();
    run.say('thought', 'reasoning');
    run.say('first ');
    turns.stop(turnId);
    run.send({ type: 'finished', reason: 'aborted', stats });
    const stopped = await finished();
    events.length = 0;

    const started = turns.start({ kind: 'continue', conversationId, messageId: stopped.id });
    expect(started.messages).toMatchObject([{ id: stopped.id, state: 'pending', text: 'first ' }]);
    expect(answerIn(conversationId)).toMatchObject({ state: 'pending' });
    const more = await nextRun();
    expect(more.request.prefix).toEqual({ reasoning: 'thought', answer: 'first ' });
    expect(more.request.messages).toHaveLength(1);
    more.say('second');
    more.send({ type: 'finished', reason: 'stop', stats });
    expect(await finished()).toMatchObject({
      id: stopped.id,
      state: 'done',
      text: 'first second',
      stats: { outputTokens: 20 },
    });
    expect(conversations.get(conversationId).messages).toHaveLength(2);
    expect(() => turns.start({ kind: 'continue', conversationId, messageId: stopped.id })).toThrow(
      /complete/,
    );
    const question = started.messages[0]?.parentId ?? '';
    expect(() => turns.start({ kind: 'continue', conversationId, messageId: question })).toThrow(
      /Only an answer/,
    );
  });
});

describe('countTokens', () => {
  it('counts the branch with the draft', async () => {
    const { turns } = setup();
    const { conversationId, messages } = turns.start(send('x'));
    expect(await turns.countTokens(null, null, '')).toBe(0);
    const alone = await turns.countTokens(null, null, 'draft');
    const after = await turns.countTokens(conversationId, messages[1]?.id ?? null, 'draft');
    expect(after).toBeGreaterThan(alone);
  });
});

describe('images', () => {
  it('go to the model with every question after theirs', async () => {
    const { home, turns, nextRun, finished, events } = setup();
    const sha256 = 'a'.repeat(64);
    writeFileSync(join(home, sha256), 'x');
    const image = { sha256, kind: 'image', mediaType: 'image/png', name: 'a.png', bytes: 1 } as const;
    const first = turns.start(send('What is this?', { attachments: [image] }));
    const firstRun = await nextRun();
    firstRun.send({ type: 'started', promptTokens: 1 });
    firstRun.send({ type: 'delta', channel: 'answer', text: 'A house.', tokens: 2 });
    firstRun.send({ type: 'finished', reason: 'stop', stats });
    const answer = await finished();
    events.length = 0;
    turns.start(send('And its roof?', { conversationId: first.conversationId, parentId: answer.id }));
    const { request } = await nextRun();
    const part = { type: 'image', path: join(home, sha256), sha256 };
    expect(request.messages.map(({ content }) => content)).toEqual([
      [part, { type: 'text', text: 'What is this?' }],
      [{ type: 'text', text: 'A house.' }],
      [{ type: 'text', text: 'And its roof?' }],
    ]);
  });
});
