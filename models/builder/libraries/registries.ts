import { z } from 'zod';
import { ModelError } from '../errors';
import type { LibraryPackage } from './packages';

/** A package as its registry offers it. */
export interface Offer {
  readonly package: LibraryPackage;
  readonly url: string;
  readonly bytes: number;
  readonly hash: { readonly algorithm: 'sha256' | 'sha512'; readonly hex: string };
}

export interface Registries {
  readonly pypi: string;
  readonly nuget: string;
  readonly github: string;
}

export const REGISTRIES: Registries = {
  pypi: 'https://pypi.org',
  nuget: 'https://api.nuget.org',
  github: 'https://api.github.com',
};

const PypiSchema = z.object({
  urls: z.array(
    z.object({
      filename: z.string(),
      url: z.url(),
      size: z.number().int().positive(),
      digests: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    }),
  ),
});
const NugetSchema = z.object({ catalogEntry: z.url(), packageContent: z.url() });
const CatalogSchema = z.object({
  packageHash: z.string(),
  packageHashAlgorithm: z.literal('SHA512'),
  packageSize: z.number().int().positive(),
});
const GithubSchema = z.object({
  assets: z.array(
    z.object({
      name: z.string(),
      browser_download_url: z.url(),
      size: z.number().int().positive(),
      digest: z.string().nullish(),
    }),
  ),
});

/**
 * Address, size and checksum of a package.
 *
 * @throws ModelError when the registry cannot be reached, has no such version, or states something else than is known of it.
 */
export async function findOffer(
  wanted: LibraryPackage,
  platform: NodeJS.Platform,
  registries: Registries,
): Promise<Offer> {
  const offer = await askFor(wanted, platform, registries);
  const { pin } = wanted;
  if (!pin) return offer;
  const { hash, bytes, url } = offer;
  const isKnown =
    hash.algorithm === 'sha256' &&
    hash.hex === pin.sha256 &&
    (pin.bytes === undefined || bytes === pin.bytes);
  if (isKnown) return offer;
  const { host } = new URL(url);
  throw new ModelError(
    `${host} offers another file as ${wanted.name} ${wanted.version} than the one that is known: nothing was fetched. Update the app, or look for whoever changes what you download.`,
    { kind: 'library-changed', library: wanted.name, host },
  );
}

async function askFor(
  wanted: LibraryPackage,
  platform: NodeJS.Platform,
  registries: Registries,
): Promise<Offer> {
  switch (wanted.registry) {
    case 'pypi': {
      const { urls } = await ask(`${registries.pypi}/pypi/${wanted.name}/${wanted.version}/json`, PypiSchema);
      const tag = platform === 'win32' ? /win_amd64\.whl$/ : /manylinux.*x86_64.*\.whl$/;
      const wheel = urls.find(({ filename }) => tag.test(filename));
      if (!wheel) throw absent(wanted);
      return {
        package: wanted,
        url: wheel.url,
        bytes: wheel.size,
        hash: { algorithm: 'sha256', hex: wheel.digests.sha256 },
      };
    }
    case 'nuget': {
      const id = wanted.name.toLowerCase();
      const leaf = await ask(
        `${registries.nuget}/v3/registration5-semver1/${id}/${wanted.version}.json`,
        NugetSchema,
      );
      const entry = await ask(leaf.catalogEntry, CatalogSchema);
      return {
        package: wanted,
        url: leaf.packageContent,
        bytes: entry.packageSize,
        hash: { algorithm: 'sha512', hex: Buffer.from(entry.packageHash, 'base64').toString('hex') },
      };
    }
    case 'github': {
      const [owner, repository, file] = wanted.name.split('/');
      const release = `${registries.github}/repos/${owner}/${repository}/releases/tags/v${wanted.version}`;
      const asset = (await ask(release, GithubSchema)).assets.find(({ name }) => name === file);
      const hex = /^sha256:([0-9a-f]{64})$/.exec(asset?.digest ?? '')?.[1];
      if (!asset || hex === undefined) throw absent(wanted);
      return {
        package: wanted,
        url: asset.browser_download_url,
        bytes: asset.size,
        hash: { algorithm: 'sha256', hex },
      };
    }
  }
}

/** The registry answers, but has no such package. */
export class AbsentPackage extends ModelError {}

const absent = ({ name, version, registry }: LibraryPackage) =>
  new AbsentPackage(`${registry} has no ${name} ${version} for this system.`, {
    kind: 'host-answer',
    host: registry,
  });

async function ask<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json', 'user-agent': 'autoglm-desktop' },
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    throw new ModelError(
      `${host} cannot be reached (${reasonOf(error)}). Check the connection and try again.`,
      { kind: 'host-unreachable', host },
    );
  }
  if (response.status === 404)
    throw new AbsentPackage(`${host} has nothing at ${url}.`, { kind: 'host-answer', host });
  if (!response.ok)
    throw new ModelError(`${host} answered with the error ${response.status}. Try again later.`, {
      kind: 'host-error',
      host,
      status: response.status,
    });
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    throw new ModelError(`${host} answered with something else than expected at ${url}.`, {
      kind: 'host-answer',
      host,
    });
  }
  return parsed.data;
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
