import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRepository {
  commit: string;
  files: Record<string, Buffer>;
  tags: string[];
  modelType: string | null;
  downloads: number;
  gated: false | 'auto' | 'manual';
  /** Who sends no `Bearer` of this gets 401 for its files. */
  token: string | null;
}

/** One request for bytes, as a test may answer it in its own way. */
export interface FileRequest {
  readonly path: string;
  readonly data: Buffer;
  /** Null where no range was asked for. */
  readonly range: readonly [from: number, to: number] | null;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const LARGE = /\.(safetensors|onnx|data|bin)$/;

/**
 * A hub of our own, with what the real one's API answers: facts, the tree, searches, and files by byte ranges, the large ones from
 * another host (`cdn`). Tests make it behave badly.
 */
export class FakeHub {
  readonly repositories = new Map<string, FakeRepository>();
  /** `path from-to`, in the order they came. */
  readonly ranges: string[] = [];
  readonly paths: string[] = [];
  readonly cdnAuthorizations: (string | undefined)[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Answers in place of the hub, where it returns true. */
  onFile: (file: FileRequest) => boolean = () => false;
  /** Of every request that is not for bytes. */
  onApi: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Entries that a tree has beside those of the files. */
  extraEntries: readonly object[] = [];
  pageSize = 1_000;
  readonly #hub: Server;
  readonly #cdn: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#answer(request, response));
    this.#cdn = createServer((request, response) => this.#answerCdn(request, response));
  }

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    for (const server of [hub.#hub, hub.#cdn]) {
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    }
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  get cdn(): string {
    // Another origin, by its name as well as by its port.
    return `http://localhost:${(this.#cdn.address() as AddressInfo).port}`;
  }

  add(name: string, files: Record<string, Buffer>, rest: Partial<FakeRepository> = {}): FakeRepository {
    const repository: FakeRepository = {
      commit: commitOf(files),
      files,
      tags: [],
      modelType: null,
      downloads: 0,
      gated: false,
      token: null,
      ...rest,
    };
    this.repositories.set(name, repository);
    return repository;
  }

  /** Another commit, as a push makes it. */
  push(name: string, files: Record<string, Buffer>): void {
    const repository = this.repositories.get(name);
    if (repository) Object.assign(repository, { files, commit: commitOf(files) });
  }

  async close(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): unknown {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub');
    this.paths.push(pathname);
    this.authorizations.push(request.headers.authorization);
    const json = (value: unknown) =>
      void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (pathname.startsWith('/api/') && this.onApi(request, response)) return;
    if (pathname === '/api/models') return json(this.#search(searchParams));
    const [, api, revision, rest] =
      /^\/api\/models\/([^/]+\/[^/]+)\/(?:revision|tree)\/([^/]+)(?:\/(.*))?$/.exec(pathname) ?? [];
    if (api !== undefined && revision !== undefined && rest === undefined) {
      const repository = this.#find(api, decodeURIComponent(revision));
      if (!repository) return refuse(response, 404);
      if (!this.#mayRead(repository, request)) return refuse(response, repository.gated ? 403 : 401);
      if (pathname.includes('/tree/')) return this.#tree(repository, searchParams, pathname, response);
      return json({ ...summary(api, repository), sha: repository.commit });
    }
    const [, name, at, path] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
    const repository = name && at ? this.#find(name, at) : undefined;
    const data = repository?.files[decodeURIComponent(path ?? '')];
    if (!repository || !data) return refuse(response, 404);
    if (!this.#mayRead(repository, request)) return refuse(response, repository.gated ? 403 : 401);
    if (LARGE.test(path ?? '')) {
      const location = `${this.cdn}/${name}/${at}/${path}`;
      response.setHeader('x-linked-etag', `"${hashOf('', data, true)}"`);
      response.setHeader('x-linked-size', data.length);
      response.writeHead(302, { location }).end();
      return;
    }
    response.setHeader('etag', `"${hashOf('', data, false)}"`);
    this.#send(decodeURIComponent(path ?? ''), data, request, response);
  }

  #answerCdn(request: IncomingMessage, response: ServerResponse): unknown {
    this.cdnAuthorizations.push(request.headers.authorization);
    const [, name = '', , path = ''] =
      /^\/([^/]+\/[^/]+)\/([^/]+)\/(.+)$/.exec(new URL(request.url ?? '/', 'http://cdn').pathname) ?? [];
    const data = this.repositories.get(name)?.files[decodeURIComponent(path)];
    if (!data) return refuse(response, 404);
    response.setHeader('etag', '"of the storage, which is another"');
    this.#send(decodeURIComponent(path), data, request, response);
  }

  #send(path: string, data: Buffer, request: IncomingMessage, response: ServerResponse): unknown {
    const asked = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? '');
    const range = asked ? ([Number(asked[1]), Number(asked[2] ?? data.length - 1)] as const) : null;
    const [from, to] = range ?? [0, data.length - 1];
    this.ranges.push(`${path} ${from}-${to}`);
    if (this.onFile({ path, data, range, request, response })) return;
    if (range && from >= data.length) return refuse(response, 416);
    const body = data.subarray(from, to + 1);
    response.writeHead(range ? 206 : 200, {
      'content-length': body.length,
      ...(range && { 'content-range': `bytes ${from}-${Math.min(to, data.length - 1)}/${data.length}` }),
    });
    response.end(body);
  }

  #tree(
    { files }: FakeRepository,
    search: URLSearchParams,
    pathname: string,
    response: ServerResponse,
  ): void {
    const all = [...Object.entries(files).map(([path, data]) => entryOf(path, data)), ...this.extraEntries];
    const from = Number(search.get('cursor') ?? 0);
    const next = from + this.pageSize;
    if (next < all.length) {
      const query = new URLSearchParams({ ...Object.fromEntries(search), cursor: String(next) });
      response.setHeader('link', `<${this.url}${pathname}?${query}>; rel="next"`);
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(all.slice(from, next)));
  }

  #search(search: URLSearchParams): readonly object[] {
    const wanted = search.getAll('filter');
    const query = (search.get('search') ?? '').toLowerCase();
    return [...this.repositories]
      .filter(
        ([name, { tags }]) => name.toLowerCase().includes(query) && wanted.every((tag) => tags.includes(tag)),
      )
      .sort(([, a], [, b]) => b.downloads - a.downloads)
      .map(([name, repository]) => ({
        ...summary(name, repository),
        config: { model_type: repository.modelType },
        siblings: Object.keys(repository.files).map((rfilename) => ({ rfilename })),
      }));
  }

  #find(name: string, revision: string): FakeRepository | undefined {
    const repository = this.repositories.get(name);
    return repository && (revision === 'main' || revision === repository.commit) ? repository : undefined;
  }

  #mayRead({ token }: FakeRepository, { headers }: IncomingMessage): boolean {
    return token === null || headers.authorization === `Bearer ${token}`;
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'x-error-code': 'Refused' }).end();
}

function summary(name: string, { tags, downloads, gated }: FakeRepository): object {
  return {
    _id: name,
    id: name,
    tags,
    downloads,
    gated,
    likes: 7,
    private: false,
    pipeline_tag: 'text-generation',
    lastModified: '2026-01-01T00:00:00.000Z',
  };
}

function entryOf(path: string, data: Buffer): object {
  const large = LARGE.test(path);
  const lfs = { oid: hashOf(path, data, true), size: data.length, pointerSize: 130 };
  return { type: 'file', path, size: data.length, oid: hashOf(path, data, false), ...(large && { lfs }) };
}

function hashOf(_path: string, data: Buffer, sha256: boolean): string {
  if (sha256) return createHash('sha256').update(data).digest('hex');
  return createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex');
}

function commitOf(files: Record<string, Buffer>): string {
  const hash = createHash('sha1');
  for (const [path, data] of Object.entries(files)) hash.update(path).update(data);
  return hash.digest('hex');
}
