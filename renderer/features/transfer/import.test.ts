// @vitest-environment happy-dom
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExportedConversation, ExportedMessage } from '../../../electron/contract/transfer';
import { toBatches } from './import';

function talk(id: number, lengths: readonly number[]): ExportedConversation {
  const messages = lengths.map(
    (length, index): ExportedMessage => ({
      id: `${id}-${index}`,
      parentId: null,
      selectedChildId: null,
      createdAt: 1,
      role: 'user',
      text: 'x'.repeat(length),
      attachments: [],
    }),
  );
  const rest = { titleIsManual: true, createdAt: 1, updatedAt: 1, pinned: false, archived: false };
  return { ...rest, id: `${id}`, title: 'T', folder: null, options: {}, leafId: null, messages };
}

it('cuts a file into batches that hold everything once, in order, and are small where they can be', () => {
  const file = fc.array(fc.array(fc.constantFrom(0, 1_000, 100_000, 300_000, 700_000), { maxLength: 8 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(file, (lengths) => {
      const given = lengths.map((each, index) => talk(index, each));
      const batches = [...toBatches('i', given)];
      expect(batches.map(({ last }) => last)).toEqual(batches.map((_, at) => at === batches.length - 1));
      const back: ExportedConversation[] = [];
      for (const { conversations } of batches) {
        for (const { continued, ...conversation } of conversations) {
          const before = back.at(-1);
          if (!continued) back.push(conversation);
          else if (before)
            back[back.length - 1] = { ...before, messages: [...before.messages, ...conversation.messages] };
        }
        const sizes = conversations.flatMap(({ messages }) => messages.map(({ text }) => text.length));
        // A message that is larger by itself goes alone.
        if (sizes.length > 1) expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(600_000);
      }
      expect(back).toEqual(given);
    }),
    { numRuns: 60 },
  );
});
