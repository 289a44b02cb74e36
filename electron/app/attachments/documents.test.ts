import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '../../contract/documents';
import { pdf } from '../../documents/testing/files';
import { setup } from '../testing/attachments';
import { type AttachmentStore, pieces } from './attachments';

describe('documents', () => {
  const text = async (store: AttachmentStore, sha256: string) => {
    const file = await store.read(sha256, 'text');
    return file && { type: file.mediaType, text: await new Response(file.body()).text() };
  };

  it('are kept with their text beside them', async () => {
    const { store, files } = setup();
    const bytes = pdf([['One'], ['Two']]);
    const added = await store.add(pieces(bytes), 'two pages.pdf');
    expect(added).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      kind: 'document',
      mediaType: 'application/pdf',
      name: 'two pages.pdf',
      bytes: bytes.length,
      pages: 2,
      lines: 5,
      characters: 26,
    });
    expect(files()).toEqual([added.sha256, `${added.sha256}.txt`]);
    expect(await text(store, added.sha256)).toEqual({
      type: 'text/plain; charset=utf-8',
      text: '[Page 1]\nOne\n\n[Page 2]\nTwo',
    });
    expect(await store.read(added.sha256, 'file')).toMatchObject({ mediaType: 'application/pdf' });
    // What is a page for a browser is never served as one.
    const page = await store.add(pieces(Buffer.from('<html><script>1</script>Hi')), 'a.html');
    expect(await store.read(page.sha256, 'file')).toMatchObject({ mediaType: 'text/plain' });
  });

  it('get their text back where it was lost, and say when they are gone', async () => {
    const { store } = setup();
    const added = await store.add(pieces(Buffer.from('你好', 'utf8')), 'a.txt');
    const path = await store.textPath(added);
    rmSync(path);
    expect(await text(store, added.sha256)).toMatchObject({ text: '你好' });
    rmSync(path);
    expect(readFileSync(await store.textPath(added), 'utf8')).toBe('你好');
    rmSync(store.path(added.sha256));
    await expect(store.textPath(added)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are refused for their own reasons, and nothing of them is left', async () => {
    const { store, reason, files } = setup();
    expect(await reason(pdf([['x']], { encrypted: true }), 'a.pdf')).toBe('encrypted');
    expect(await reason(pdf([[]]), 'scan.pdf')).toBe('no-text');
    expect(await reason(Buffer.from(' \n'), 'blank.txt')).toBe('no-text');
    const log = async function* () {
      for (let sent = 0; sent <= MAX_DOCUMENT_BYTES; sent += 1e6) yield Buffer.alloc(1e6, 'line\n');
      throw new Error('Nothing more is asked for.');
    };
    await expect(store.add(log(), 'app.log')).rejects.toMatchObject({
      message: expect.stringContaining('app.log is larger than 50 MB'),
    });
    expect(files()).toEqual([]);
  });

  it('go with their text when no message names them any more', async () => {
    const { store, files } = setup();
    await store.add(pieces(Buffer.from('unsent')), 'a.txt');
    await store.sweep();
    expect(files()).toHaveLength(2);
    await store.sweep(Date.now() + 8 * 86_400_000);
    expect(files()).toEqual([]);
  });

  it('are not taken where something else is meant', async () => {
    const { store } = setup();
    await expect(store.add(pieces(Buffer.from('words')), 'image', ['image'])).rejects.toThrow(
      'of none of the kinds',
    );
  });
});
