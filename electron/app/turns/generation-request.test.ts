import { expect, it } from 'vitest';
import type { Attachment } from '../../contract/conversations';
import { defaultSettings } from '../../contract/settings';
import { imageFile, soundFile, userMessage } from '../../contract/testing/messages';
import { toGenerationRequest } from './generation-request';

const clip = soundFile({ sha256: 'a' });
const image = imageFile({ sha256: 'b' });

function contentOf(text: string, attachments: readonly Attachment[]) {
  const { messages } = toGenerationRequest({
    path: [userMessage({ text, attachments })],
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
