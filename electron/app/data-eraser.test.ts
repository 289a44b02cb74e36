import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forkEngine } from '../host/fork-engine';
import { createApp } from './app';
import type { EmittedEvent } from './emitter';
import { temporaryHome } from './testing/temporary-home';

const FAKE = fileURLToPath(new URL('./testing/fake-engine.mjs', import.meta.url));

describe('data.deleteAll', () => {
  it('leaves nothing of what was written, in no file', async () => {
    const home = temporaryHome();
    const signIns = { remote: { url: 'https://example.org/mcp', kept: 'xylophone token' } };
    writeFileSync(join(home, 'tool-sign-ins.json'), JSON.stringify(signIns));
    const app = createApp({
      version: '0',
      host: 'browser',
      home,
      builtInModels: [],
      spawnEngine: () => forkEngine(FAKE),
      log: () => {},
    });
    onTestFinished(() => app.close());
    const events: EmittedEvent[] = [];
    app.onEvent((event) => events.push(event));
    const { conversationId } = await app.handlers['turns.start']({
      kind: 'send',
      conversationId: null,
      parentId: null,
      text: 'xylophone secret',
      attachments: [],
      thinking: false,
    });
    await app.handlers['settings.update']({ systemPrompt: 'xylophone prompt', serverPort: 9000 });
    const folder = join(home, 'attachments', 'ab');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ab12'), 'picture');
    writeFileSync(join(home, 'autoglm.db.damaged-2026-11-22-210000'), 'xylophone');
    writeFileSync(join(home, 'models', 'kept.txt'), 'model');

    await app.handlers['data.deleteAll']();

    expect(await app.handlers['conversations.list']()).toEqual([]);
    expect(await app.handlers['conversations.search']('xylophone')).toEqual([]);
    expect(await app.handlers['turns.attach'](conversationId)).toBeNull();
    expect(await app.handlers['settings.get']()).toMatchObject({ systemPrompt: '', serverPort: 8000 });
    expect(readdirSync(join(home, 'attachments'))).toEqual([]);
    expect(existsSync(join(home, 'models', 'kept.txt'))).toBe(true);
    expect(events.at(-1)).toEqual({ name: 'data.deleted', payload: null });
    await app.close();
    for (const name of readdirSync(home)) {
      if (name === 'models' || name === 'attachments') continue;
      expect([name, readFileSync(join(home, name)).includes('xylophone')]).toEqual([name, false]);
    }
  });
});
