/** The tools of the servers that tests talk to: some that work, and every way in which one can go wrong. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** @param {string} text @returns {import('@modelcontextprotocol/sdk/types.js').CallToolResult} */
const said = (text) => ({ content: [{ type: 'text', text }] });

/** A PNG of 240 by 120 green pixels. */
export const CHART =
  'iVBORw0KGgoAAAANSUhEUgAAAPAAAAB4CAMAAAD7aI8VAAAAA1BMVEUiqncGOh+oAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAM0lEQVR42u3BgQAAAADDoPlTX+AIVQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB8A3D4AAFx85gIAAAAAElFTkSuQmCC';

export function testServer() {
  const server = new McpServer({ name: 'tests', version: '1' });
  server.registerTool(
    'add',
    {
      title: 'Add numbers',
      description: 'Adds two numbers.',
      inputSchema: { a: z.number(), b: z.number() },
      annotations: { readOnlyHint: true },
    },
    ({ a, b }) => said(String(a + b)),
  );
  server.registerTool(
    'write_note',
    { title: 'Write a note', description: 'Keeps a note.', inputSchema: { text: z.string() } },
    ({ text }) => said(`Kept: ${text}`),
  );
  server.registerTool('environment', { description: 'What it was started with.' }, () =>
    said(JSON.stringify(process.env)),
  );
  server.registerTool('refuse', { description: 'Always fails.' }, () => ({
    ...said('The disk is full.'),
    isError: true,
  }));
  server.registerTool('never', { description: 'Does not return.' }, ({ signal }) => {
    signal.addEventListener('abort', () => process.stderr.write('The call was cancelled.\n'));
    return new Promise(() => {});
  });
  server.registerTool('long', { description: 'Returns many characters.' }, () => said('x'.repeat(1_000_000)));
  server.registerTool('flood', { description: 'Returns more than anybody takes.' }, () =>
    said('x'.repeat(20_000_000)),
  );
  server.registerTool('picture', { description: 'Returns what is no text.' }, () => ({
    content: [
      { type: 'image', mimeType: 'image/png', data: 'A'.repeat(4096) },
      { type: 'resource_link', uri: 'https://example.org/x.png', name: 'A picture' },
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'inside' } },
    ],
  }));
  server.registerTool('chart', { description: 'Draws a chart.' }, () => ({
    content: [
      { type: 'text', text: 'Here it is.' },
      { type: 'image', mimeType: 'image/png', data: CHART },
    ],
  }));
  server.registerTool('sly', { description: 'Hides words: \u{e0041}\u{e0042}\u202e.' }, () =>
    said(
      '\u001b[31mred\u001b[0m \u202eevil\u202c a\u200bb \u{e0069}\u{e0067}done ![x](https://example.org/x.png)',
    ),
  );
  server.registerTool('die', { description: 'Ends the server.' }, () => process.exit(7));
  server.registerTool('grow', { description: 'Adds a tool.' }, () => {
    server.registerTool('grown', { description: 'New.' }, () => said('here'));
    return said('grown');
  });
  server.registerPrompt(
    'review',
    {
      title: 'Review a text',
      description: 'Looks for what is unclear.',
      argsSchema: { text: z.string().describe('What to look at.'), tone: z.string().optional() },
    },
    ({ text, tone = 'kindly' }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Review this ${tone}: ${text}\u202e` } }],
    }),
  );
  server.registerPrompt('joke', { title: 'Tell a joke' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Tell me a joke about tools.' } }],
  }));
  server.registerResource('minutes', 'notes://2026/minutes', { title: 'Minutes of the meeting' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/markdown', text: '# Minutes\nThe bearings are replaced.' }],
  }));
  server.registerResource('chart', 'notes://chart.png', { title: 'The chart' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: CHART }],
  }));
  return server;
}
