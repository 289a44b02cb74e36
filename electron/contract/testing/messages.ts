import type { Attachment } from '../attachment';
import type { AssistantMessage, UserMessage } from '../conversations';
import type { CalledTool } from '../tools';

/** What conversations hold, whole: a test names what it is about. */

export const userMessage = (more: Partial<UserMessage> = {}): UserMessage => ({
  id: 'q',
  conversationId: 'c',
  parentId: null,
  createdAt: 0,
  role: 'user',
  text: '',
  attachments: [],
  ...more,
});

/** A finished one. */
export const assistantMessage = (more: Partial<AssistantMessage> = {}): AssistantMessage => ({
  id: 'a',
  conversationId: 'c',
  parentId: 'q',
  createdAt: 0,
  role: 'assistant',
  text: '',
  state: 'done',
  reasoning: '',
  modelId: null,
  thinking: false,
  finishReason: 'stop',
  stats: null,
  error: null,
  ...more,
});

/** One that was made first, and has ended. */
export const calledTool = (more: Partial<CalledTool> = {}): CalledTool => ({
  id: 'call',
  round: 0,
  textBefore: 0,
  reasoningBefore: 0,
  serverId: 's',
  server: 'S',
  tool: 't',
  title: 'T',
  name: 't',
  arguments: '{}',
  state: 'done',
  ...more,
});

export const imageFile = (more: Partial<Attachment> = {}): Attachment => ({
  sha256: 'a'.repeat(64),
  kind: 'image',
  mediaType: 'image/png',
  name: 'a.png',
  bytes: 1,
  ...more,
});

export const soundFile = (more: Partial<Attachment> = {}): Attachment => ({
  sha256: 'b'.repeat(64),
  kind: 'audio',
  mediaType: 'audio/wav',
  name: 'b.wav',
  bytes: 1,
  ...more,
});
