import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assistantMessage, calledTool, userMessage } from '../../contract/testing/messages';
import { CHART } from '../../mcp/testing/tools.mjs';
import { Conversations } from '../conversations/conversations';
import { setup } from '../testing/attachments';
import { image } from '../testing/pictures';
import { keepImage } from '../tools/returned-images';
import { pieces } from './attachments';

describe('sweep', () => {
  it('removes what no message names, a week later, and a crash’s leftovers', async () => {
    const { store, database, files, paths } = setup();
    const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
    const sent = await store.add(pieces(await image().png().toBuffer()), 'a');
    const unsent = await store.add(pieces(await image(1, 1).png().toBuffer()), 'b');
    const conversationId = conversations.create('').id;
    conversations.messages.insert(userMessage({ id: 'm', conversationId, attachments: [sent] }));
    const returned = await keepImage(store, { name: 'chart', base64: CHART }, () => {});
    const nothing = await keepImage(store, { name: 'page.png', base64: btoa('<html>') }, () => {});
    expect([returned?.width, returned?.height, nothing]).toEqual([240, 120, null]);
    const result = { text: '', length: 0, isError: false, images: returned ? [returned] : [] };
    conversations.messages.insert(
      assistantMessage({
        id: 'n',
        conversationId,
        parentId: 'm',
        createdAt: 1,
        toolCalls: [calledTool({ result })],
      }),
    );
    const leftover = join(paths.attachments, 'incoming-1');
    writeFileSync(leftover, 'x');
    utimesSync(leftover, new Date(0), new Date(0));
    writeFileSync(join(paths.attachments, 'notes.txt'), 'somebody else’s');

    await store.sweep();
    expect(files()).toHaveLength(7);
    expect(existsSync(leftover)).toBe(false);
    await store.sweep(Date.now() + 8 * 86_400_000);
    const kept = [sent.sha256, returned?.sha256].flatMap((sha256) => [sha256, `${sha256}.webp`]);
    expect(files()).toEqual([...kept, 'notes.txt'].sort());
    expect(files()).not.toContain(unsent.sha256);
  });
});
