/**
 * A server as a program: `node stdio-server.mjs [how]`. `how`: `ok`; `silent` says nothing; `garbage` no MCP; `exit` ends at once with
 * words on its standard error; `chatty` greets on the standard output, as many do; `stubborn` leaves neither when its input ends nor when
 * it is asked to; `parent` starts such a one and stands between, as npx does.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { testServer } from './tools.mjs';

const [how = 'ok'] = process.argv.slice(2);
process.stderr.write(`Server ${process.pid} was started with ${process.env.API_KEY ?? 'no key'}.\n`);

if (how === 'silent') setInterval(() => {}, 1000);
else if (how === 'garbage') {
  process.stdout.write('{"hello": "world"}\n');
  setInterval(() => {}, 1000);
} else if (how === 'exit') {
  process.stderr.write('The configuration is missing.\n');
  process.exit(3);
} else if (how === 'parent') {
  spawn(process.execPath, [fileURLToPath(import.meta.url), 'stubborn'], { stdio: 'inherit' });
  process.on('SIGTERM', () => process.exit(0));
} else {
  if (how === 'chatty') process.stdout.write('Welcome to the server!\n');
  if (how === 'stubborn') {
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1000);
  }
  await testServer().connect(new StdioServerTransport());
}
