import { expect, it } from 'vitest';
import { readServers } from './read-servers';

const inner = {
  files: { command: 'npx', args: ['-y', 'server-filesystem', 8080], env: { DEBUG: 1, API_KEY: 'k' } },
  remote: { type: 'streamable-http', url: 'https://example.org/mcp', headers: { Authorization: 'Bearer x' } },
};

it('reads what other assistants write, and starts none of it', () => {
  for (const document of [{ mcpServers: inner }, { servers: inner, inputs: [] }, inner]) {
    const { servers, problems } = readServers(JSON.stringify(document));
    expect(problems).toEqual([]);
    expect(servers).toMatchObject([
      {
        name: 'files',
        enabled: false,
        allowed: {},
        transport: {
          type: 'stdio',
          command: 'npx',
          args: ['-y', 'server-filesystem', '8080'],
          env: { DEBUG: '1', API_KEY: 'k' },
        },
      },
      { name: 'remote', enabled: false, transport: { type: 'http', url: 'https://example.org/mcp' } },
    ]);
    expect(servers[0]?.id).not.toBe(servers[1]?.id);
  }
});

it('takes no consent from outside, and leaves out what cannot be used, with its name', () => {
  const { servers, problems } = readServers(
    JSON.stringify({
      mcpServers: {
        sly: { command: 'x', enabled: true, allowed: { rm: '1' } },
        nothing: {},
        script: { url: 'javascript:alert(1)' },
        split: { url: 'https://example.org', headers: { 'X-A\r\nX-B': '1' } },
        text: 'npx',
      },
    }),
  );
  expect(servers).toMatchObject([{ name: 'sly', enabled: false, allowed: {} }]);
  expect(problems.map(({ name, error }) => [name, error.details?.kind])).toEqual(
    ['nothing', 'script', 'split', 'text'].map((name) => [name, 'tool-entry-invalid']),
  );
});

it.each([
  ['not JSON', '{"mcpServers": {', 'tool-json'],
  ['something else', '[1, 2]', 'tool-json-empty'],
  ['other settings', '{"theme": "dark"}', 'tool-json-empty'],
])('says what is wrong with %s', (_, json, kind) => {
  expect(() => readServers(json)).toThrow(expect.objectContaining({ details: { kind } }));
});
