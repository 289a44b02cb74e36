import { expect, it } from 'vitest';
import type { Attachment, UserMessage } from '../../contract/conversations';
import { defaultSettings } from '../../contract/settings';
import { toGenerationRequest } from './generation-request';

const clip: Attachment = { sha256: 'a', kind: 'audio', mediaType: 'audio/wav', name: 'said.wav', bytes: 1 };
const image: Attachment = { sha256: 'b', kind: 'image', mediaType: 'image/png', name: 'b.png', bytes: 1 };

function contentOf(text: string, attachments: readonly Attachment[]) {
  const message: UserMessage = {
    id: 'm',
    conversationId: 'c',
    parentId: null,
    createdAt: 0,
    role: 'user',
    text,
    attachments,
  };
  const { messages } = toGenerationRequest({
    path: [message],
    options: {},
    settings: defaultSettings,
    thinking: false,
    attachmentPath: (sha256) => `/files/${sha256}`,
  });
  return messages[0]?.content;
}

it('a recording goes to the model to be heard', () => {
  expect(contentOf('', [clip])).toEqual([{ type: 'audio', path: '/files/a', sha256: 'a' }]);
});

it('one that was written down does not: its words are there already', () => {
  expect(contentOf('Hello', [{ ...clip, transcribed: true }, image])).toEqual([
    { type: 'image', path: '/files/b', sha256: 'b' },
    { type: 'text', text: 'Hello' },
  ]);
});
