import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { App } from '../app/app';
import type { ServerStatus } from '../contract/shell';
import { ApiServer } from './api-server';

function setup() {
  const seen: ServerStatus[] = [];
  const app = {
    engine: { status: () => ({ state: 'stopped' }) },
    models: () => [],
    settings: () => ({ serveConnections: false }),
  } as unknown as App;
  const server = new ApiServer(app, (status) => seen.push(status));
  onTestFinished(() => server.close());
  return { server, seen };
}

async function takenPort(): Promise<{ port: number; free: () => Promise<void> }> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const free = () => new Promise<void>((resolve) => other.close(() => resolve()));
  onTestFinished(free);
  return { port: typeof address === 'object' && address ? address.port : 0, free };
}

describe('ApiServer', () => {
  it('says that a port is taken, leaves it until the switch is turned, and then takes it', async () => {
    const { server, seen } = setup();
    const { port, free } = await takenPort();
    await server.follow({ serverEnabled: true, serverPort: port });
    expect(server.status()).toMatchObject({ state: 'failed', port });
    await free();
    await server.follow({ serverEnabled: true, serverPort: port });
    expect(server.status().state).toBe('failed');
    await server.follow({ serverEnabled: false, serverPort: port });
    await server.follow({ serverEnabled: true, serverPort: port });
    const url = `http://127.0.0.1:${port}`;
    expect(seen.map(({ state }) => state)).toEqual(['failed', 'off', 'running']);
    expect(server.status()).toEqual({ state: 'running', url });
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    await server.follow({ serverEnabled: false, serverPort: port });
    await expect(fetch(`${url}/v1/models`)).rejects.toThrow();
  });
});
