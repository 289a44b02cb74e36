import { expect, it } from 'vitest';
import { firstProxy, systemProxy } from './system-proxy';

it.each([
  ['DIRECT', null],
  ['PROXY proxy.corp:8080', 'http://proxy.corp:8080'],
  ['HTTPS proxy.corp:443; DIRECT', 'https://proxy.corp:443'],
  [' SOCKS5 127.0.0.1:1080;PROXY a:1', 'socks5://127.0.0.1:1080'],
  ['SOCKS 10.0.0.1:1080', 'socks5://10.0.0.1:1080'],
  ['DIRECT; PROXY a:1', null],
  ['PROXY', null],
  ['QUIC a:1', null],
  ['', null],
])('%s', (list, expected) => {
  expect(firstProxy(list)).toBe(expected);
});

it('asks for the address that is meant', async () => {
  const asked: string[] = [];
  const session = {
    resolveProxy: async (url: string) => {
      asked.push(url);
      return 'PROXY p:1';
    },
  };
  expect(await systemProxy(session, 'https://huggingface.co')).toBe('http://p:1');
  expect(asked).toEqual(['https://huggingface.co']);
});
