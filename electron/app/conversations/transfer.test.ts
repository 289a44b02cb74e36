import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ExportedConversation,
  ExportedConversationSchema,
  type ExportedMessage,
} from '../../contract/transfer';
import { openDatabase } from '../database/open-database';
import { stats } from '../testing/scripted-engine';
import { temporaryHome } from '../testing/temporary-home';
import { Conversations } from './conversations';
import { Folders } from './folders';
import { storable } from './text';
import { Transfer } from './transfer';

function setup() {
  const { database } = openDatabase(join(temporaryHome(), 'a.db'));
  onTestFinished(() => database.close());
  const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
  const folders = new Folders(database, () => {});
  const { messages: kept, removal } = conversations;
  const transfer = new Transfer({ database, messages: kept, folders, removal });
  /** Whole, in one batch. */
  const bring = (...given: readonly ExportedConversation[]) =>
    transfer.imports.add({ id: randomUUID(), conversations: given, last: true });
  return { database, conversations, folders, transfer, bring };
}

const text = fc.string({ unit: 'binary' }).map(storable);
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });

/** Everything a message says of itself; where it stands in the tree is added below. */
const answer = fc.record(
  {
    role: fc.constant('assistant' as const),
    state: fc.constantFrom('done' as const, 'stopped' as const, 'failed' as const),
    reasoning: text,
    modelId: fc.option(fc.string({ maxLength: 20 }).map(storable)),
    thinking: fc.boolean(),
    finishReason: fc.constantFrom('stop' as const, 'length' as const, 'aborted' as const, null),
    stats: fc.option(
      fc.record({
        ...constants({ ...stats, draftTokens: 12, acceptedTokens: 9 }),
        tokensPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
      }),
    ),
    error: fc.option(fc.record({ code: fc.constant('internal' as const), message: text })),
    documents: fc.array(
      fc.record({
        sha256: fc.constant('cd'.repeat(32)),
        name: text.filter((name) => name.length < 1000),
        passages: fc.nat(),
        used: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  },
  // All but what most answers have none of.
  { requiredKeys: ['role', 'state', 'reasoning', 'modelId', 'thinking', 'finishReason', 'stats', 'error'] },
);
const question = fc.record({
  role: fc.constant('user' as const),
  attachments: fc.array(
    fc.oneof(
      fc.record({
        sha256: fc.constant('ab'.repeat(32)),
        kind: fc.constant('image' as const),
        mediaType: fc.constant('image/png'),
        name: text.filter((name) => name.length < 1000),
        bytes: fc.nat(),
        width: fc.integer({ min: 1, max: 9999 }),
      }),
      fc.record({
        sha256: fc.constant('cd'.repeat(32)),
        kind: fc.constant('document' as const),
        mediaType: fc.constant('application/pdf'),
        name: text.filter((name) => name.length < 1000),
        bytes: fc.nat(),
        pages: fc.integer({ min: 1, max: 9999 }),
        lines: fc.nat(),
        characters: fc.nat(),
      }),
    ),
    { maxLength: 2 },
  ),
});

function constants<T extends object>(values: T) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as {
    [K in keyof T]: fc.Arbitrary<T[K]>;
  };
}

/** A tree of any shape: each message follows one of the other role that stands before it. */
const messages: fc.Arbitrary<ExportedMessage[]> = fc
  .array(fc.tuple(fc.uuid(), fc.nat(), time, text, question, answer, fc.boolean()), { maxLength: 12 })
  .map((seeds) => {
    const made: ExportedMessage[] = [];
    for (const [id, pick, createdAt, words, asUser, asAssistant, selected] of seeds) {
      const parent = made.length > 0 && pick % 5 !== 0 ? made[pick % made.length]! : null;
      const base = { id, parentId: parent?.id ?? null, selectedChildId: null, createdAt, text: words };
      made.push(parent?.role === 'user' ? { ...base, ...asAssistant } : { ...base, ...asUser });
      if (parent && selected) made[made.indexOf(parent)] = { ...parent, selectedChildId: id };
    }
    return made;
  });

const conversation: fc.Arbitrary<ExportedConversation> = fc
  .record({
    id: fc.uuid(),
    title: text,
    titleIsManual: fc.boolean(),
    createdAt: time,
    updatedAt: time,
    pinned: fc.boolean(),
    archived: fc.boolean(),
    folder: fc
      .option(fc.record({ id: fc.constantFrom('f1', 'f2'), name: fc.constant('x') }))
      .map((folder) => folder && { ...folder, name: `Folder ${folder.id}` }),
    options: fc.record(
      {
        systemPrompt: text,
        thinking: fc.boolean(),
        modelId: fc.string({ maxLength: 20 }).map(storable),
        sampling: fc.record(
          {
            temperature: fc.double({ min: 0, max: 2, noNaN: true }),
            topK: fc.nat(100),
            seed: fc.nat(),
            stop: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
            logitBias: fc.dictionary(fc.nat(1000).map(String), fc.integer({ min: -100, max: 100 }), {
              noNullPrototype: true,
            }),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    messages,
    leaf: fc.nat(),
  })
  .map(({ leaf, ...rest }) => ({
    ...rest,
    leafId: rest.messages.length > 0 ? rest.messages[leaf % rest.messages.length]!.id : null,
  }));

/** As a file has it: what JSON cannot say (-0) is gone. */
const viaFile = (value: ExportedConversation) =>
  ExportedConversationSchema.parse(JSON.parse(JSON.stringify(value)));

describe('Transfer', () => {
  it('brings every conversation back as it was', async () => {
    const { transfer, bring } = setup();
    await fc.assert(
      fc.asyncProperty(conversation, async (given) => {
        const file = viaFile(given);
        const [id] = await bring(file);
        expect(id).toBe(given.id);
        const [back] = transfer.export([given.id]);
        expect(viaFile(back!)).toEqual(file);
      }),
      { numRuns: 150 },
    );
  });

  it('makes ids anew that are taken, and keeps the tree', async () => {
    const { bring, conversations } = setup();
    const [original] = fc.sample(
      conversation.filter((c) => c.messages.length > 5),
      { numRuns: 1, seed: 7 },
    );
    const [first = '', second = ''] = [...(await bring(original!)), ...(await bring(original!))];
    expect(second).not.toBe(first);
    const [a, b] = [conversations.get(first), conversations.get(second)];
    expect(b.messages.map(({ text: words }) => words)).toEqual(a.messages.map(({ text: words }) => words));
    const shape = ({ messages: all, leafId }: typeof a) => {
      const at = (id: string | null) => all.findIndex((message) => message.id === id);
      return [at(leafId), ...all.map(({ parentId }) => at(parentId))];
    };
    expect(shape(b)).toEqual(shape(a));
    expect(new Set([...a.messages, ...b.messages].map(({ id }) => id)).size).toBe(2 * a.messages.length);
  });

  it('copies a conversation beside the original', async () => {
    const { transfer, conversations, folders } = setup();
    const { id: folderId } = folders.create('Work');
    const { id } = conversations.create('A', { thinking: false });
    conversations.updateMany([id], { folderId, pinned: true });
    const copy = await transfer.duplicate(id, 'A (copy)');
    expect(copy).toMatchObject({ title: 'A (copy)', folderId, pinned: false });
    expect(conversations.get(copy.id).options).toEqual({ thinking: false });
    expect(conversations.list().map(({ title }) => title)).toEqual(['A (copy)', 'A']);
  });
});

describe('a file', () => {
  const base: ExportedConversation = {
    id: 'c',
    title: 'T',
    titleIsManual: true,
    createdAt: 1,
    updatedAt: 1,
    pinned: false,
    archived: false,
    folder: null,
    options: {},
    leafId: null,
    messages: [],
  };
  const asked = (id: string, parentId: string | null, selectedChildId: string | null = null) =>
    ({ id, parentId, selectedChildId, createdAt: 1, text: '', role: 'user', attachments: [] }) as const;

  it.each([
    ['a parent that is missing', { messages: [asked('a', 'b')] }],
    ['a message that follows itself', { messages: [asked('a', 'a')] }],
    ['two messages of one id', { messages: [asked('a', null), asked('a', null)] }],
    ['a question that follows a question', { messages: [asked('a', null), asked('b', 'a')] }],
    ['a choice of a message elsewhere', { messages: [asked('a', null, 'b'), asked('b', null)] }],
    ['a leaf that is missing', { leafId: 'x' }],
    ['a time that is no time', { createdAt: Number.POSITIVE_INFINITY }],
  ])('with %s is refused', (_, change) => {
    expect(ExportedConversationSchema.safeParse(base).success).toBe(true);
    expect(ExportedConversationSchema.safeParse({ ...base, ...change }).success).toBe(false);
  });
});
