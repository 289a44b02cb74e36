import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import type { AssistantMessage, Message, UserMessage } from '../../contract/conversations';
import { assistantMessage, imageFile, soundFile, userMessage } from '../../contract/testing/messages';
import { openDatabase } from '../database/open-database';
import { temporaryHome } from '../testing/temporary-home';
import { Conversations } from './conversations';

const DAY = 86_400_000;

function setup() {
  const { database } = openDatabase(join(temporaryHome(), 'a.db'));
  onTestFinished(() => database.close());
  const events: string[] = [];
  const clock = { now: 1_000_000 };
  const conversations = new Conversations(
    database,
    { changed: ({ title }) => events.push(`changed ${title}`), removed: () => events.push('removed') },
    () => clock.now++,
  );
  return { database, conversations, events, clock };
}

const user = (conversationId: string, parentId: string | null, text: string): UserMessage =>
  userMessage({ id: randomUUID(), conversationId, parentId, createdAt: 1, text });

const assistant = (conversationId: string, parentId: string | null, text: string): AssistantMessage =>
  assistantMessage({
    id: randomUUID(),
    conversationId,
    parentId,
    createdAt: 1,
    text,
    reasoning: 'SECRET reasoning',
    modelId: 'nano',
    thinking: true,
  });

/** A question, two answers to it, and a question after the first. */
function branched(conversations: Conversations) {
  const { id } = conversations.create('Branches');
  const question = user(id, null, 'question');
  const first = assistant(id, question.id, 'first');
  const followUp = user(id, first.id, 'follow-up');
  const second = assistant(id, question.id, 'second');
  const all: readonly Message[] = [question, first, followUp, second];
  for (const message of all) {
    conversations.messages.insert(message);
    conversations.touch(id, message.id);
  }
  return { id, question, first, followUp, second };
}

describe('Conversations', () => {
  it('lists the last changed first, and tells of changes', () => {
    const { conversations, events } = setup();
    const a = conversations.create('A');
    conversations.create('B');
    conversations.update(a.id, { title: ' A\n2 ', pinned: true });
    conversations.finished(a.id, 'automatic');
    expect(conversations.list().map(({ title }) => title)).toEqual(['A 2', 'B']);
    expect(conversations.get(a.id)).toMatchObject({ titleIsManual: true, pinned: true, archived: false });
    expect(events).toEqual(['changed A 2', 'changed A 2']);
  });

  it('keeps what a conversation sets for itself', () => {
    const { conversations, database } = setup();
    const { id } = conversations.create('A');
    const options = { systemPrompt: 'Be brief.', thinking: false, sampling: { temperature: 0 } };
    conversations.update(id, { options, archived: true });
    expect(conversations.get(id)).toMatchObject({ options, archived: true });
    database.prepare('UPDATE conversations SET options = ? WHERE id = ?').run('{"thinking": "maybe"}', id);
    expect(conversations.get(id).options).toEqual({});
  });

  it('refuses an empty title, a missing folder and a missing conversation with a sentence', () => {
    const { conversations } = setup();
    const { id } = conversations.create('A');
    expect(() => conversations.update(id, { title: ' \n ' })).toThrow(/needs a title/);
    expect(() => conversations.update(id, { title: 'New', folderId: 'gone' })).toThrow(
      /folder no longer exists/,
    );
    expect(conversations.get(id).title).toBe('A');
    expect(() => conversations.get('gone')).toThrow(/no longer exists/);
    expect(() => conversations.update('gone', { pinned: true })).toThrow(/no longer exists/);
  });

  it('puts conversations into the bin and takes them out, and purges after 30 days', async () => {
    const { conversations, events, clock, database } = setup();
    const { id } = branched(conversations);
    conversations.delete([id, 'gone']);
    expect(conversations.list()).toEqual([]);
    expect(conversations.search('follow')).toEqual([]);
    expect(() => conversations.require(id)).toThrow(/bin/);
    conversations.restore([id]);
    expect(conversations.list()).toHaveLength(1);
    expect(events.at(-1)).toBe('changed Branches');

    conversations.delete([id]);
    clock.now += 29 * DAY;
    await conversations.purgeBin();
    expect(conversations.get(id).messages).toHaveLength(4);
    clock.now += 2 * DAY;
    await conversations.purgeBin();
    expect(() => conversations.get(id)).toThrow(/no longer exists/);
    expect(database.prepare('SELECT * FROM messages').all()).toEqual([]);
    database.assertSound();
  });

  it('switches between branches and remembers where each was left', () => {
    const { conversations } = setup();
    const { id, question, first, followUp, second } = branched(conversations);
    expect(conversations.get(id).leafId).toBe(second.id);
    expect(conversations.selectBranch(id, first.id).leafId).toBe(followUp.id);
    expect(conversations.selectBranch(id, question.id).leafId).toBe(followUp.id);
    expect(conversations.selectBranch(id, second.id).leafId).toBe(second.id);
    expect(conversations.selectBranch(id, question.id).leafId).toBe(second.id);
    expect(() => conversations.selectBranch(id, 'gone')).toThrow(/not part of the conversation/);
  });

  it('gives messages back as they were put in', () => {
    const { conversations } = setup();
    const { id } = conversations.create('A');
    const question: UserMessage = {
      ...user(id, null, 'look'),
      attachments: [
        imageFile({ name: '图 "1".png', bytes: 3, width: 1 }),
        soundFile({ bytes: 4, durationMs: 9 }),
      ],
    };
    const answer: AssistantMessage = {
      ...assistant(id, question.id, 'text'),
      error: { code: 'engine-crashed', message: 'It crashed.', details: { reason: 'SIGKILL' } },
    };
    conversations.messages.insert(question);
    conversations.messages.insert(answer);
    conversations.messages.save(answer);
    expect(conversations.get(id).messages).toEqual([question, answer]);
  });
});

describe('search', () => {
  it('finds in text and titles, in English and Chinese, whatever the length of the words', () => {
    const { conversations } = setup();
    const { id } = conversations.create('Weather in Paris');
    const question = user(id, null, '今天天气很好，我们去公园 100% sure? A_B C:\\dir "quoted" straße');
    conversations.messages.insert(question);
    const found = (query: string) => conversations.search(query).map(({ messageId }) => messageId ?? 'title');
    for (const query of [
      '天气很好',
      '天气',
      '园',
      '公园 天气',
      '100%',
      'A_B',
      'C:\\d',
      '"quoted"',
      'STRASSE'.slice(0, 4),
    ]) {
      expect([query, found(query)]).toEqual([query, [question.id]]);
    }
    expect(found('paris')).toEqual(['title']);
    expect(found('PA')).toEqual(['title']);
    expect(found('paris weather')).toEqual(['title']);
    for (const query of [
      '',
      '   ',
      '天空',
      '公园 天空',
      'AxB',
      '10_%',
      'SECRET',
      'NEAR(',
      'a OR b',
      '*',
      '"',
    ]) {
      expect([query, found(query).filter((hit) => query !== '"' || hit !== question.id)]).toEqual([
        query,
        [],
      ]);
    }
  });

  it('marks every hit in a piece of the text, and never breaks a character', () => {
    const { conversations } = setup();
    const { id } = conversations.create('A');
    conversations.messages.insert(
      user(id, null, `${'😀'.repeat(200)} the Needle and a needle ${'x'.repeat(500)}`),
    );
    const [hit] = conversations.search('needle');
    expect(hit?.snippet).toMatch(/^…😀+ the \uE000Needle\uE001 and a \uE000needle\uE001 x+…$/u);
    expect(hit?.snippet).not.toMatch(/[\uD800-\uDFFF]/u);
    expect([...(hit?.snippet ?? '')].length).toBeLessThan(200);
  });

  it('follows edits of titles and text, and leaves unfinished answers out', () => {
    const { conversations, database } = setup();
    const { id } = conversations.create('Old name');
    const answer: AssistantMessage = { ...assistant(id, null, 'streamed words'), state: 'streaming' };
    conversations.messages.insert(answer);
    conversations.messages.save(answer);
    expect(conversations.search('streamed')).toEqual([]);
    conversations.messages.save({ ...answer, state: 'done', text: 'final words' });
    expect(conversations.search('streamed')).toEqual([]);
    expect(conversations.search('final')).toHaveLength(1);
    conversations.messages.save({ ...answer, state: 'done', text: 'other words' });
    expect(conversations.search('final')).toEqual([]);
    conversations.update(id, { title: 'New name' });
    expect(conversations.search('old name')).toEqual([]);
    expect(conversations.search('new name')).toHaveLength(1);
    database.assertSound();
  });
});

describe('the bin', () => {
  it('shows what was deleted, the last first, and gives nothing up that is not in it', () => {
    const { conversations } = setup();
    const [a, b, c] = ['A', 'B', 'C'].map((title) => conversations.create(title).id);
    conversations.delete([a!]);
    conversations.delete([b!]);
    expect(conversations.bin().map(({ title }) => title)).toEqual(['B', 'A']);
    conversations.deleteForever([a!, c!]);
    expect(conversations.bin().map(({ title }) => title)).toEqual(['B']);
    expect(conversations.list().map(({ title }) => title)).toEqual(['C']);
    conversations.restore([b!]);
    expect(conversations.bin()).toEqual([]);
  });
});

describe('deleting a message', () => {
  it('takes what follows it along, shows its next of kin, and can be undone', () => {
    const { conversations, database } = setup();
    const { id, question, first, followUp, second } = branched(conversations);
    conversations.selectBranch(id, first.id);
    const { conversation, messageIds } = conversations.deleteMessage(id, first.id);
    expect(messageIds).toEqual([first.id, followUp.id]);
    expect(conversation.leafId).toBe(second.id);
    expect(conversation.messages.map((message) => message.id)).toEqual([question.id, second.id]);
    expect(conversations.search('follow-up')).toEqual([]);
    const restored = conversations.restoreMessages(id, messageIds);
    expect(restored.leafId).toBe(followUp.id);
    // Each in its old place among its siblings.
    expect(restored.messages.map((message) => message.id)).toEqual([
      question.id,
      first.id,
      followUp.id,
      second.id,
    ]);
    expect(conversations.search('follow-up')).toHaveLength(1);
    expect(() => conversations.deleteMessage(id, 'other')).toThrow('not part of the conversation');
    database.assertSound();
  });

  it('leaves the question of an only answer, and nothing of an only question', async () => {
    const { conversations, clock } = setup();
    const { id } = conversations.create('A');
    const question = user(id, null, 'question');
    const only = assistant(id, question.id, 'answer');
    for (const message of [question, only]) conversations.messages.insert(message);
    conversations.touch(id, only.id);
    expect(conversations.deleteMessage(id, only.id).conversation.leafId).toBe(question.id);
    expect(conversations.deleteMessage(id, question.id).conversation).toMatchObject({
      leafId: null,
      messages: [],
    });
    clock.now += DAY;
    await conversations.purgeBin();
    expect(() => conversations.restoreMessages(id, [question.id])).toThrow('not part of the conversation');
  });
});

describe('with 10,000 conversations', () => {
  it('lists, searches and opens without a wait', async () => {
    const { conversations, database } = setup();
    database.transaction(() => {
      for (let index = 0; index < 10_000; index++) {
        const { id } = conversations.create(`Conversation ${index}`);
        const question = user(
          id,
          null,
          `Question ${index} about 天气 and the quick brown fox number ${index * 7}`,
        );
        conversations.messages.insert(question);
        conversations.messages.insert(
          assistant(id, question.id, `Answer ${index}: ${'words and more '.repeat(10)}`),
        );
      }
    });
    const figures: string[] = [];
    const timed = async (work: () => unknown) => {
      const ms = await cpuMs(work, 5);
      figures.push(`${ms.toFixed(1)} ms`);
      return ms;
    };
    // About 25, 5, 60 and 1 ms on two cores; the bounds are what a person would begin to notice on a slower one.
    expect(await timed(() => expect(conversations.list()).toHaveLength(10_000))).toBeLessThan(500);
    expect(await timed(() => expect(conversations.search('number 69993')).toHaveLength(1))).toBeLessThan(500);
    expect(await timed(() => expect(conversations.search('天气')).toHaveLength(100))).toBeLessThan(500);
    expect(await timed(() => expect(conversations.search('zz')).toHaveLength(0))).toBeLessThan(1_000);
    const { id } = conversations.list()[5_000] ?? { id: '' };
    expect(await timed(() => expect(conversations.get(id).messages).toHaveLength(2))).toBeLessThan(200);
    console.log(`10,000 conversations: list, 3 searches, open: ${figures.join(', ')}`);
  });
});
