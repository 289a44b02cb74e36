// @vitest-environment happy-dom
import '../i18n';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppBridge } from '../../electron/contract/api';
import { setBridge } from '../bridge/bridge';
import { createMockBridge } from '../bridge/mock';
import { newConversation, openConversation, useChat } from './chat';
import { deleteConversations, loadConversations, useConversations } from './conversations';
import { useToasts } from './toasts';

const mock = createMockBridge(new URLSearchParams());
let refuses: boolean;

beforeEach(async () => {
  refuses = false;
  const request = ((name: string, ...args: unknown[]) =>
    refuses && name === 'conversations.delete'
      ? Promise.reject({ code: 'database', message: 'locked' })
      : (mock.request as (...all: unknown[]) => unknown)(name, ...args)) as unknown as AppBridge['request'];
  setBridge({ ...mock, request });
  useToasts.setState({ toasts: [] });
  newConversation();
  await loadConversations();
  await openConversation('c1');
});

const undo = () => useToasts.getState().toasts.at(-1)?.action?.run();
const listed = () => useConversations.getState().list?.map(({ id }) => id) ?? [];
const inView = () => useChat.getState().conversationId;

describe('a conversation in view that is deleted', () => {
  it('leaves it at once, and undoing it comes back to it', async () => {
    const deleted = deleteConversations(['c1', 'c2']);
    expect(inView()).toBeNull();
    expect(listed()).not.toContain('c1');
    await deleted;
    undo();
    await vi.waitFor(() => expect(inView()).toBe('c1'));
    expect(listed()).toEqual(expect.arrayContaining(['c1', 'c2']));
  });

  it('does not come back over another that was opened meanwhile', async () => {
    await deleteConversations(['c1']);
    await openConversation('c0');
    undo();
    await vi.waitFor(() => expect(listed()).toContain('c1'));
    expect(inView()).toBe('c0');
  });

  it('stays in view where another one is deleted', async () => {
    await deleteConversations(['c2']);
    expect(inView()).toBe('c1');
    undo();
    await vi.waitFor(() => expect(listed()).toContain('c2'));
    expect(inView()).toBe('c1');
  });

  it('comes back where it could not be deleted', async () => {
    refuses = true;
    await deleteConversations(['c1']);
    expect(inView()).toBe('c1');
    expect(listed()).toContain('c1');
    expect(useToasts.getState().toasts.at(-1)?.tone).toBe('error');
  });
});
