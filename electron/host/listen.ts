import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** Resolves with the port; throws a sentence for the terminal that names a free one where the wanted is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    return await tryListen(server, port, host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EADDRINUSE') {
      const free = await freePort(port, host);
      throw new Error(
        `Port ${port} on ${host} is already in use by another program. Port ${free} is free: start with --port ${free}, or close the other program.`,
      );
    }
    if (code === 'EACCES') {
      throw new Error(`Port ${port} may not be used without administrator rights. Choose one from 1024 on.`);
    }
    throw new Error(`The app cannot listen on ${host}:${port} (${String(error)}). Check --host and --port.`);
  }
}

function tryListen(
  server: ReturnType<typeof createServer> | Server,
  port: number,
  host: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** One nearby, as people remember those; else any. */
async function freePort(taken: number, host: string): Promise<number> {
  for (const port of [...Array.from({ length: 20 }, (_, index) => taken + 1 + index), 0]) {
    if (port > 65_535) continue;
    const probe = createServer();
    try {
      return await tryListen(probe, port, host);
    } catch {
      // The next one.
    } finally {
      await new Promise((resolve) => probe.close(resolve));
    }
  }
  throw new Error('There is no free port.');
}
