import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { bundled } from '../../../build/testing/bundled';
import type { AssistantMessage } from '../../contract/conversations';
import { MISTRAL } from '../../engine/testing/chat-templates';
import { markedTokenizer, writeRandomDecoder } from '../../engine/testing/random-decoder';
import { Tokenizer } from '../../engine/tokenizer/tokenizer';
import { forkEngine } from '../../host/fork-engine';
import { forkTool } from '../../host/fork-tool';
import { createApp } from '../app';
import { temporaryHome } from '../testing/temporary-home';
import type { SpawnMcpProcess } from './tool-servers';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const bundle = bundled('electron/engine/main.ts', 'electron/mcp/main.ts');

/**
 * Everything is real but the model's wits: weights are random, so it is led to call by a bias on the mark of calls, and the grammar
 * of the tools makes what it writes then a call. What it is told comes from a server in a process of its own.
 */
it('a model calls a server’s tool, is told what it returned, and goes on', async () => {
  const root = mkdtempSync(join(tmpdir(), 'autoglm-tools-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'caller');
  await writeRandomDecoder(folder, 'caller', MISTRAL);
  const spawnMcpProcess = (() => forkTool(bundle('electron/mcp/main.ts'), [])) as unknown as SpawnMcpProcess;
  const app = createApp({
    version: '0',
    host: 'browser',
    home: temporaryHome(),
    builtInModels: [folder],
    spawnEngine: () => forkEngine(bundle('electron/engine/main.ts'), []),
    spawnMcpProcess,
    log: () => {},
  });
  onTestFinished(() => app.close());
  const finished: AssistantMessage[] = [];
  app.onEvent(({ name, payload }) => {
    if (name !== 'turn.event') return;
    if (payload.type === 'finished') finished.push(payload.message);
    // It went on; led to call, it would do nothing else until its rounds are used up.
    if (payload.type === 'tool' && payload.call.round > 0) app.handlers['turns.stop'](payload.turnId);
  });
  const server = {
    id: 's',
    name: 'Numbers',
    enabled: true,
    transport: {
      type: 'stdio' as const,
      command: process.execPath,
      args: [file('../../mcp/testing/stdio-server.mjs')],
      env: {},
    },
    allowed: {},
    // Two are left: one that takes nothing, and so ends soon.
    hidden: ['add', 'write_note', 'environment', 'never', 'long', 'flood', 'picture', 'sly', 'die', 'grow'],
  };
  await app.handlers['settings.update']({ toolServers: [server] });
  await expect.poll(async () => (await app.handlers['tools.servers']())[0]?.state).toBe('ready');
  const [status] = await app.handlers['tools.servers']();
  const refuse = status?.state === 'ready' ? status.tools.find(({ name }) => name === 'refuse') : undefined;
  await app.handlers['settings.update']({
    toolServers: [{ ...server, allowed: { refuse: refuse?.fingerprint ?? '' } }],
  });

  const mark = new Tokenizer(JSON.parse(markedTokenizer)).special('[TOOL_CALLS]') ?? -1;
  const ask = async (seed: number): Promise<AssistantMessage> => {
    const before = finished.length;
    await app.handlers['turns.start']({
      kind: 'send',
      conversationId: null,
      parentId: null,
      text: 'Refuse.',
      attachments: [],
      thinking: false,
      options: { sampling: { maxTokens: 200, temperature: 1, seed, logitBias: { [mark]: 100 } } },
    });
    while (finished.length === before) await sleep(20);
    return finished[before] as AssistantMessage;
  };
  // Random arguments may be longer than an answer, which is then cut and calls nothing.
  let answer = await ask(1);
  for (let seed = 2; seed < 10 && !answer.toolCalls?.some(({ result }) => result); seed++)
    answer = await ask(seed);
  expect(answer.error).toBeNull();
  const done = answer.toolCalls?.filter(({ result }) => result) ?? [];
  expect(done.length).toBeGreaterThan(0);
  for (const call of done)
    expect(call).toMatchObject({
      server: 'Numbers',
      tool: 'refuse',
      state: 'failed',
      result: { text: 'The disk is full.', isError: true },
    });
  expect(Math.max(...(answer.toolCalls ?? []).map(({ round }) => round))).toBe(1);
});
