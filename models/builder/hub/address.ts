import { ModelError } from '../errors';

export interface RepositoryAddress {
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const PART = '[A-Za-z0-9][\\w.-]{0,95}';
const REPOSITORY = new RegExp(`^${PART}/${PART}$`);

/** Names of the hub's own pages that stand where an owner would. */
const NO_OWNERS = new Set(['datasets', 'spaces', 'docs', 'blog', 'api', 'papers', 'collections', 'models']);

/**
 * `owner/name`, `owner/name@revision`, or the address of a repository's page on any hub, as a browser shows it
 * (`https://host/owner/name/tree/revision/…`).
 *
 * @throws ModelError where it names no repository of models.
 */
export function parseAddress(text: string): RepositoryAddress {
  const trimmed = text.trim();
  const found = /^https?:\/\//i.test(trimmed) ? fromUrl(trimmed) : fromName(trimmed);
  const [owner = '', name = ''] = found?.repository.split('/') ?? [];
  if (found && isRepositoryName(found.repository) && !NO_OWNERS.has(owner) && !/\.\.|--/.test(owner + name)) {
    return found;
  }
  throw new ModelError(
    `"${trimmed.slice(0, 200)}" names no model: give owner/name, as huggingface.co shows it above the model, or the address of its page.`,
    { kind: 'hub-address', address: trimmed.slice(0, 200) },
  );
}

export const isRepositoryName = (text: string): boolean => REPOSITORY.test(text);

function fromName(text: string): RepositoryAddress | null {
  const [repository = '', ...rest] = text.replace(/\/+$/, '').split('@');
  if (rest.length > 1) return null;
  const [revision = 'main'] = rest;
  return isRevision(revision) ? { repository, revision } : null;
}

function fromUrl(text: string): RepositoryAddress | null {
  if (!URL.canParse(text)) return null;
  const [owner, name, page, ...rest] = new URL(text).pathname.split('/').filter(Boolean).map(decode);
  if (!owner || !name) return null;
  const repository = `${owner}/${name}`;
  const [revision] = rest;
  if (revision === undefined || !/^(tree|blob|resolve|raw|commit)$/.test(page ?? '')) {
    return { repository, revision: 'main' };
  }
  // `refs/pr/1` is one revision.
  const whole = revision === 'refs' ? rest.slice(0, 3).join('/') : revision;
  return isRevision(whole) ? { repository, revision: whole } : null;
}

const isRevision = (text: string): boolean =>
  /^[\w][\w./-]{0,199}$/.test(text) && !text.split('/').some((part) => part === '' || part === '..');

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
