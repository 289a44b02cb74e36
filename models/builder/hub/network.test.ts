import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelError } from '../errors';
import { networkError, openNetwork } from './network';

let origin: Server;
let proxy: Server;
let asked: string[] = [];
let password: string | null = null;

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeEach(async () => {
  asked = [];
  password = null;
  origin = createServer((_request, response) => response.end('here'));
  proxy = createServer((_request, response) => response.writeHead(500).end());
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const given = request.headers['proxy-authorization'];
    if (password !== null && given !== `Basic ${Buffer.from(password).toString('base64')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(portOf(origin), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  for (const server of [origin, proxy]) {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  }
});

const ENVIRONMENT = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'];
const before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));

afterEach(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  for (const server of [origin, proxy]) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

const clear = () => {
  for (const name of ENVIRONMENT) delete process.env[name];
};

test("requests go by way of the system's proxy", async () => {
  clear();
  const fetch = await openNetwork(`http://127.0.0.1:${portOf(proxy)}`);
  expect(await (await fetch('http://hub.example/file')).text()).toBe('here');
  expect(asked).toEqual(['hub.example:80']);
});

test("and by the environment's, but for what NO_PROXY names", async () => {
  clear();
  process.env.HTTP_PROXY = `http://127.0.0.1:${portOf(proxy)}`;
  process.env.NO_PROXY = 'nowhere.invalid';
  const fetch = await openNetwork(null);
  expect(await (await fetch('http://hub.example/file')).text()).toBe('here');
  expect(asked).toEqual(['hub.example:80']);
  await expect(fetch('http://nowhere.invalid/')).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('this machine is reached past every proxy', async () => {
  const fetch = await openNetwork(`http://127.0.0.1:${portOf(proxy)}`);
  expect(await (await fetch(`http://127.0.0.1:${portOf(origin)}/`)).text()).toBe('here');
  expect(asked).toEqual([]);
});

test('a proxy that wants a name and a password says so, and takes those of its address', async () => {
  password = 'me:secret';
  const fetch = await openNetwork(`http://127.0.0.1:${portOf(proxy)}`);
  const refused = await fetch('http://hub.example/').catch((error: unknown) => error);
  expect(networkError(refused, 'hub.example').details?.kind).toBe('proxy-sign-in');
  const signedIn = await openNetwork(`http://me:secret@127.0.0.1:${portOf(proxy)}`);
  expect((await signedIn('http://hub.example/')).status).toBe(200);
});

test('a proxy that is no address is said to be none', async () => {
  await expect(openNetwork('not an address')).rejects.toMatchObject({ details: { kind: 'proxy-address' } });
});

test('redirects are not followed unseen', async () => {
  origin.removeAllListeners('request');
  origin.on('request', (_request, response) => response.writeHead(302, { location: '/x' }).end());
  const fetch = await openNetwork(null);
  expect((await fetch(`http://127.0.0.1:${portOf(origin)}/`)).status).toBe(302);
});

test.each([
  [
    new TypeError('fetch failed', { cause: new Error('self-signed certificate in certificate chain') }),
    'host-certificate',
  ],
  [new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND hub') }), 'host-unreachable'],
  [new Error('Proxy response (502) !== 200 when HTTP Tunneling'), 'proxy-refused'],
  [new ModelError('said already', { kind: 'hub-busy', host: 'x' }), 'hub-busy'],
])('%s', (error, kind) => {
  expect(networkError(error, 'hub').details?.kind).toBe(kind);
});
