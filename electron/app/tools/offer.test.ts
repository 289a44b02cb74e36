import { expect, it } from 'vitest';
import type { ToolServerStatus } from '../../contract/tools';
import { toolInfo, toolServer } from '../testing/mcp-process';
import { offeredTools, toToolUse } from './offer';

const ready = (id: string, ...names: string[]): ToolServerStatus => ({
  id,
  state: 'ready',
  tools: names.map((name) => toolInfo(name)),
});

it('names tools as models may: in few characters, each unlike all others', () => {
  const long = 'x'.repeat(80);
  const toolServers = [toolServer('a', { name: 'My files!' }), toolServer('b'), toolServer('文件')];
  const offered = offeredTools(
    [ready('a', 'read', 'list files', long), ready('b', 'read', `${long}y`), ready('文件', '读取', '写入')],
    { toolServers },
    {},
  );
  const names = offered.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['My_files_read', 'list_files']);
  expect(names[3]).toBe('b_read');
  expect(names.slice(5)).toEqual(['tool', 'tool_2']);
  expect(new Set(names).size).toBe(7);
  for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  expect(offered[3]).toMatchObject({ server: { id: 'b' }, info: { name: 'read' } });
});

it('offers what is ready, not hidden, and used by the conversation', () => {
  const toolServers = [toolServer('a', { hidden: ['write'] }), toolServer('b'), toolServer('c')];
  const statuses = [ready('a', 'read', 'write'), ready('b', 'add'), { id: 'c', state: 'starting' } as const];
  const names = (tools?: readonly string[]) =>
    offeredTools(statuses, { toolServers }, tools ? { tools } : {}).map(({ name }) => name);
  expect(names()).toEqual(['read', 'add']);
  expect(names(['b', 'c', 'gone'])).toEqual(['add']);
  expect(names([])).toEqual([]);
  expect(toToolUse([])).toBeUndefined();
});
