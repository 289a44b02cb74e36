import type { ListFileEntry } from '@huggingface/hub';
import { ModelError } from '../errors';
import { type Fetch, networkError } from './network';
import { refusal } from './refusal';

/** Where requests go, and what they carry. */
export interface HubAccess {
  /** `https://huggingface.co`, or a mirror of it. */
  readonly endpoint: string;
  /** Sent to the endpoint's own origin and to no other host. */
  readonly token: string | null;
  readonly fetch: Fetch;
}

export interface RemoteFile {
  readonly path: string;
  /** Null where the hub does not say. */
  readonly bytes: number | null;
  /** Large files are named by the sha256 of their bytes, small ones by git's sha1 of "blob", their size and their bytes. */
  readonly hash: { readonly algorithm: 'sha256' | 'git-sha1'; readonly hex: string } | null;
}

export interface RepositoryFacts {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly license: string | null;
  readonly gated: boolean;
  readonly downloads: number;
  readonly likes: number;
}

/** A repository with more is no model's. */
const MAX_FILES = 5_000;

/** Of one answer of the API; a page of its lists has some hundred kilobytes. */
const MAX_ANSWER_BYTES = 32 << 20;
const API_TIMEOUT_MS = 45_000;

/** Endpoint and token as the environment has them, for who has chosen nothing. */
export function hubFromEnvironment(): { endpoint: string; token: string | null } {
  const { HF_ENDPOINT, HF_TOKEN } = process.env;
  return {
    endpoint: (HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    token: HF_TOKEN || null,
  };
}

/** @throws ModelError that says why the hub does not let it be seen. */
export async function readFacts(
  access: HubAccess,
  repository: string,
  revision: string,
): Promise<RepositoryFacts> {
  return explained(access, repository, revision, async () => {
    const { modelInfo } = await import('@huggingface/hub');
    const info = await modelInfo({
      ...callOf(access),
      name: repository,
      revision,
      additionalFields: ['sha', 'tags'],
    });
    if (typeof info.sha !== 'string' || !/^[0-9a-f]{40}$/.test(info.sha)) throw strange(access);
    return {
      repository,
      revision,
      commit: info.sha,
      license: licenseIn(info.tags),
      gated: Boolean(info.gated),
      downloads: count(info.downloads),
      likes: count(info.likes),
    };
  });
}

/**
 * All files of a commit whose names are safe on every system.
 *
 * @throws ModelError that says why they cannot be listed.
 */
export async function listRepository(
  access: HubAccess,
  repository: string,
  revision: string,
): Promise<readonly RemoteFile[]> {
  return explained(access, repository, revision, async () => {
    const { listFiles } = await import('@huggingface/hub');
    const files = new Map<string, RemoteFile>();
    let seen = 0;
    const repo = { type: 'model', name: repository } as const;
    for await (const entry of listFiles({ ...callOf(access), repo, revision, recursive: true })) {
      if (++seen > MAX_FILES) {
        throw new ModelError(`${repository} has more than ${MAX_FILES} files, which no model has.`, {
          kind: 'hub-too-many-files',
          repository,
        });
      }
      if (entry?.type !== 'file' || !isSafeName(entry.path)) continue;
      // Where names differ in case alone, most systems keep one of them.
      const key = entry.path.toLowerCase();
      if (!files.has(key)) files.set(key, fileOf(entry));
    }
    return [...files.values()];
  });
}

/** The text of a small file of the repository; null where there is none. @throws ModelError */
export async function readText(
  access: HubAccess,
  repository: string,
  commit: string,
  path: string,
  limit = 4 << 20,
): Promise<string | null> {
  return explained(access, repository, commit, async () => {
    const response = await apiFetch(access, limit)(resolveUrl(access, repository, commit, path));
    if (response.status === 404) return null;
    if (!response.ok) {
      const { HubApiError } = await import('@huggingface/hub');
      throw new HubApiError(response.url, response.status);
    }
    return response.text();
  });
}

export interface FoundRepository {
  readonly repository: string;
  readonly paths: readonly string[];
  readonly modelType: string | null;
  readonly downloads: number;
  readonly likes: number;
  readonly license: string | null;
  readonly gated: boolean;
}

/** @param tags all of which a repository must have. */
export async function searchModels(
  access: HubAccess,
  search: { readonly query: string; readonly tags: readonly string[]; readonly limit: number },
): Promise<readonly FoundRepository[]> {
  return explained(access, search.query, 'main', async () => {
    const { listModels } = await import('@huggingface/hub');
    const found: FoundRepository[] = [];
    const models = listModels({
      ...callOf(access),
      search: { query: search.query, tags: [...search.tags] },
      sort: 'downloads',
      limit: search.limit,
      additionalFields: ['tags', 'config', 'filePaths'],
    });
    for await (const model of models) {
      const type: unknown = (model.config as { model_type?: unknown } | undefined)?.model_type;
      found.push({
        repository: String(model.name),
        paths: model.filePaths.filter((path) => typeof path === 'string').slice(0, MAX_FILES),
        modelType: typeof type === 'string' ? type : null,
        downloads: count(model.downloads),
        likes: count(model.likes),
        license: licenseIn(model.tags),
        gated: Boolean(model.gated),
      });
    }
    return found;
  });
}

export function resolveUrl(
  { endpoint }: HubAccess,
  repository: string,
  commit: string,
  path: string,
): string {
  const parts = [...repository.split('/'), 'resolve', ...commit.split('/'), ...path.split('/')];
  return `${endpoint}/${parts.map(encodeURIComponent).join('/')}`;
}

/** What is sent along: nothing to a host that is not the endpoint itself, and nothing in the clear. */
function headersFor({ endpoint, token }: HubAccess, url: string): Record<string, string> {
  const { origin, protocol, hostname } = new URL(url);
  const secure = protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(hostname);
  const own = token !== null && secure && origin === new URL(endpoint).origin;
  return { 'user-agent': 'autoglm-desktop', ...(own && { authorization: `Bearer ${token}` }) };
}

const MAX_REDIRECTS = 6;

/**
 * Follows redirects by hand: a token stays with the host it is for, and nobody leads from an encrypted connection to an open one.
 *
 * @param onHop sees every answer but the last, whose headers may say what the last one's do not.
 */
export async function request(
  access: HubAccess,
  start: string,
  init: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal },
  onHop?: (headers: Headers) => void,
) {
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await access.fetch(url, {
      ...init,
      headers: { ...init.headers, ...headersFor(access, url) },
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    onHop?.(response.headers as unknown as Headers);
    await response.body?.cancel().catch(() => {});
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    const downgraded = next !== null && new URL(url).protocol === 'https:' && next.protocol !== 'https:';
    if (next === null || downgraded || !/^https?:$/.test(next.protocol)) throw strange(access);
    url = next.href;
  }
  throw strange(access);
}

const callOf = (access: HubAccess) => ({
  hubUrl: access.endpoint,
  fetch: apiFetch(access, MAX_ANSWER_BYTES) as unknown as typeof fetch,
});

/** For answers that are read whole: they have a time and a size that they must keep to. */
function apiFetch(access: HubAccess, limit: number) {
  return async (url: string): Promise<Response> => {
    const response = await request(access, String(url), {
      headers: { accept: 'application/json, text/plain;q=0.9, */*;q=0.8' },
      signal: AbortSignal.timeout(API_TIMEOUT_MS),
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > limit) throw strange(access);
      chunks.push(chunk as Uint8Array);
    }
    const headers = new Headers([...response.headers].filter(([name]) => name !== 'content-encoding'));
    const empty = response.status === 204 || response.status === 304;
    return new Response(empty ? null : Buffer.concat(chunks), { status: response.status, headers });
  };
}

function fileOf({ path, size, oid, lfs }: ListFileEntry): RemoteFile {
  const bytes = lfs?.size ?? size;
  const sha256 = /^(?:sha256:)?([0-9a-f]{64})$/.exec(lfs?.oid ?? '')?.[1];
  const sha1 = /^[0-9a-f]{40}$/.exec(lfs ? '' : (oid ?? ''))?.[0];
  return {
    path,
    bytes: Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
    hash: sha256 ? { algorithm: 'sha256', hex: sha256 } : sha1 ? { algorithm: 'git-sha1', hex: sha1 } : null,
  };
}

/** Devices of Windows, whatever stands behind the dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A relative path that stays in its folder on every system and hides nothing. */
export function isSafeName(path: unknown): path is string {
  if (typeof path !== 'string' || path.length === 0 || path.length > 300) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: which is what must not be in there.
  if (/[\\:*?"<>|\u0000-\u001f]/.test(path)) return false;
  return path
    .split('/')
    .every((part) => part !== '' && !part.startsWith('.') && !/[. ]$/.test(part) && !RESERVED.test(part));
}

function licenseIn(tags: unknown): string | null {
  if (!Array.isArray(tags)) return null;
  const tag = tags.find((one): one is string => typeof one === 'string' && one.startsWith('license:'));
  return tag?.slice('license:'.length).slice(0, 100) || null;
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : 0;

function strange({ endpoint }: HubAccess): ModelError {
  const { host } = new URL(endpoint);
  return new ModelError(
    `${host} answered with something else than a hub does. Check the address of the hub in the settings.`,
    {
      kind: 'hub-strange',
      host,
    },
  );
}

async function explained<T>(
  access: HubAccess,
  repository: string,
  revision: string,
  work: () => Promise<T>,
): Promise<T> {
  const { host } = new URL(access.endpoint);
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const { HubApiError } = await import('@huggingface/hub');
    if (error instanceof HubApiError) throw refusal(access, error.statusCode, repository, revision);
    // An answer that is no JSON, or not of the form that the library expects.
    if (error instanceof SyntaxError || (error instanceof TypeError && error.cause === undefined)) {
      throw strange(access);
    }
    throw networkError(error, host);
  }
}
