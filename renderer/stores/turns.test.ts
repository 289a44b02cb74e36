// @vitest-environment happy-dom
import '../i18n';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppBridge } from '../../electron/contract/api';
import type { Attachment, StartedTurn, StartTurn } from '../../electron/contract/conversations';
import { assistantMessage, imageFile, userMessage } from '../../electron/contract/testing/messages';
import { setBridge } from '../bridge/bridge';
import { setFileStore } from '../bridge/files';
import { createMockBridge } from '../bridge/mock';
import { addFiles } from '../features/attachments/intake';
import { newConversation, openConversation, selectBranch, useChat } from './chat';
import { changeFiles, draftFiles } from './draft-files';
import { draftOf, setDraft } from './drafts';
import { forgetAllTurns } from './live';
import { placeOf } from './place';
import { useSettings } from './settings';
import { useToasts } from './toasts';
import { regenerate, send, whenStarted } from './turns';
import { useUi } from './ui';

const mock = createMockBridge(new URLSearchParams());
/** What was asked of the app and has no answer yet. */
let asked: { turn: StartTurn; answer(started: StartedTurn): void; refuse(error: unknown): void }[];
let updates: unknown[][];
let refused: string | null;

beforeEach(async () => {
  await i18next.changeLanguage('en');
  asked = [];
  updates = [];
  refused = null;
  const request = ((name: string, ...args: unknown[]) => {
    if (name === refused) return Promise.reject({ code: 'database', message: 'locked' });
    if (name === 'turns.start')
      return new Promise((answer, refuse) => asked.push({ turn: args[0] as StartTurn, answer, refuse }));
    if (name === 'conversations.update') {
      updates.push(args);
      return new Promise(() => {});
    }
    return (mock.request as (...all: unknown[]) => unknown)(name, ...args);
  }) as unknown as AppBridge['request'];
  setBridge({ ...mock, request });
  forgetAllTurns();
  useToasts.setState({ toasts: [] });
  for (const id of [null, 'begun', 'c1', 'c2']) {
    setDraft(id, '');
    changeFiles(id, () => []);
  }
  newConversation();
});

afterEach(async () => {
  for (const { refuse } of asked) refuse({ code: 'aborted', message: 'The test is over.' });
  await whenStarted();
});

const begun: StartedTurn = {
  turnId: 't',
  conversationId: 'begun',
  messages: [
    userMessage({ id: 'q', conversationId: 'begun', text: 'One' }),
    assistantMessage({ id: 'a', conversationId: 'begun', parentId: 'q', state: 'pending' }),
  ],
};

describe('while the first message of a conversation is on its way', () => {
  it('what is typed on stays in the field', async () => {
    const sent = send('One');
    setDraft(null, 'and tw');
    asked[0]?.answer(begun);
    expect(await sent).toBe(true);
    expect(useChat.getState().conversationId).toBe('begun');
    expect([draftOf('begun'), draftOf(null)]).toEqual(['and tw', '']);
  });

  it('a file that is added finds its way when it has been read', async () => {
    let uploaded: (file: Attachment) => void = () => {};
    setFileStore({ url: (sha256) => sha256, upload: () => new Promise((resolve) => (uploaded = resolve)) });
    const sent = send('One');
    const png = new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0)], 'a.png');
    const added = addFiles([png], null);
    await expect.poll(() => draftFiles(null)).toMatchObject([{ name: 'a.png', attachment: null }]);
    asked[0]?.answer(begun);
    await sent;
    uploaded(imageFile());
    await added;
    expect(draftFiles('begun')).toMatchObject([{ name: 'a.png', attachment: { sha256: 'a'.repeat(64) } }]);
    expect(draftFiles(null)).toEqual([]);
  });

  it('what is being said belongs to it, and to no later one', async () => {
    const place = placeOf(null);
    const sent = send('One');
    let settled = false;
    const waited = whenStarted().then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    asked[0]?.answer(begun);
    await Promise.all([sent, waited]);
    expect(place.conversationId).toBe('begun');
    expect(placeOf(null).conversationId).toBeNull();
  });

  it('another that is opened keeps its own options', async () => {
    useUi.setState({ newThinking: !useSettings.getState().thinking });
    const sent = send('One');
    await openConversation('c2');
    const { options } = useChat.getState();
    asked[0]?.answer(begun);
    await sent;
    expect(useChat.getState()).toMatchObject({ conversationId: 'c2', options });
    expect(updates.map(([id]) => id)).toEqual(['begun']);
  });

  it('that is refused, its text comes back before what was typed', async () => {
    const sent = send('One');
    setDraft(null, 'two');
    asked[0]?.refuse({ code: 'database', message: 'locked' });
    expect(await sent).toBe(false);
    expect(draftOf(null)).toBe('One\ntwo');
    await whenStarted();
    void send('One');
    expect(asked).toHaveLength(2);
  });
});

describe('an impatient hand', () => {
  it('asks for another answer once, and hears no complaint', async () => {
    await openConversation('c1');
    const { path } = useChat.getState();
    const answer = path.at(-1) ?? '';
    void regenerate(answer);
    void regenerate(answer);
    expect(asked).toHaveLength(1);
    expect(useToasts.getState().toasts.map(({ text, error }) => [text, error])).toEqual([]);
  });

  it('sends in another conversation without waiting for the first', async () => {
    await openConversation('c1');
    void send('One');
    await openConversation('c2');
    void send('Two');
    expect(asked.map(({ turn }) => turn.conversationId)).toEqual(['c1', 'c2']);
  });
});

it('a branch that cannot be shown is said', async () => {
  await openConversation('c1');
  refused = 'conversations.selectBranch';
  await selectBranch(useChat.getState().path.at(-1) ?? '');
  expect(useChat.getState()).toMatchObject({ status: 'ready', error: null });
  expect(useToasts.getState().toasts).toMatchObject([{ tone: 'error' }]);
});
