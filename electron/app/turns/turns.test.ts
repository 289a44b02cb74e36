import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageFile } from '../../contract/testing/messages';
import { stats } from '../testing/scripted-engine';
import { send, setup } from '../testing/turns';

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
    const attachment = imageFile({ name: 'photo.png' });
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

describe('images', () => {
  it('go to the model with every question after theirs', async () => {
    const { home, turns, nextRun, finished, events } = setup();
    const image = imageFile();
    const { sha256 } = image;
    writeFileSync(join(home, sha256), 'x');
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
