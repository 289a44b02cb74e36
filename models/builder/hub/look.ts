import type { HubHit, HubLayout } from '../../../electron/contract/hub';
import type { HubFound } from '../../../electron/contract/model-tool';
import { ModelError } from '../errors';
import { parseAddress } from './address';
import { type HubAccess, listRepository, type RemoteFile, readFacts, readText, searchModels } from './api';
import { type Architecture, describeCheckpoint, describeDecoder } from './describe';
import { CONVERTED, type LayoutVariant, mayBeDecoder, variantsOf } from './layout';

/** A commit's models: what each is made of. */
export interface RepositoryContent {
  readonly variants: readonly LayoutVariant[];
  readonly config: string | null;
  readonly modelType: string | null;
}

/** @throws ModelError that says why nothing of it can be used. */
export async function readContent(
  access: HubAccess,
  repository: string,
  commit: string,
): Promise<RepositoryContent> {
  const files = await listRepository(access, repository, commit);
  const has = (path: string) => files.some((file) => file.path === path);
  const read = (path: string) => (has(path) ? readText(access, repository, commit, path) : null);
  const [config, index] = await Promise.all([read('config.json'), read('model.safetensors.index.json')]);
  const modelType = typeIn(config);
  const variants = variantsOf(files, modelType, shardsIn(index));
  if (variants.length === 0) throw useless(repository, files, modelType);
  return { variants, config, modelType };
}

/** What a repository is and what could be fetched of it. @throws ModelError */
export async function lookAt(access: HubAccess, address: string): Promise<HubFound> {
  const { repository, revision } = parseAddress(address);
  const facts = await readFacts(access, repository, revision);
  const content = await readContent(access, repository, facts.commit);
  const variants = await Promise.all(
    content.variants.map(async (variant) => ({
      id: variant.id,
      layout: variant.layout,
      files: variant.files.map(({ path, bytes }) => ({ path, bytes })),
      bytes: sizeOf(variant.files),
      architecture: await architectureOf(access, repository, facts.commit, content, variant),
    })),
  );
  return { ...facts, host: new URL(access.endpoint).host, variants };
}

/** At most so many are described: each costs a request. */
const SEARCHED = 40;
const SHOWN = 40;

/** Repositories of the kinds that can be run or converted, most downloaded first. @throws ModelError */
export async function searchHub(access: HubAccess, query: string): Promise<readonly HubHit[]> {
  const kinds = [['onnx'], ...[...CONVERTED].map((type) => [type, 'safetensors'])];
  const found = await Promise.all(
    kinds.map((tags) => searchModels(access, { query, tags, limit: SEARCHED })),
  );
  const hits = new Map<string, HubHit>();
  for (const { repository, paths, modelType, ...facts } of found.flat()) {
    const files = paths.map((path): RemoteFile => ({ path, bytes: null, hash: null }));
    const layout: HubLayout | undefined = variantsOf(files, modelType)[0]?.layout;
    if (layout) hits.set(repository, { repository, layout, ...facts });
  }
  return [...hits.values()].sort((a, b) => b.downloads - a.downloads).slice(0, SHOWN);
}

const sizeOf = (files: readonly RemoteFile[]): number | null =>
  files.some(({ bytes }) => bytes === null) ? null : files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);

/** Null where nothing describes it: a finished package says it itself, once it is here. */
async function architectureOf(
  access: HubAccess,
  repository: string,
  commit: string,
  { config, modelType }: RepositoryContent,
  { layout, id, prefix, files }: LayoutVariant,
): Promise<Architecture | null> {
  switch (layout) {
    case 'package':
      return null;
    case 'checkpoint':
      return describeCheckpoint(modelType ?? '', config ?? '');
    case 'transformers-js': {
      const generation = files.some(({ path }) => path === 'generation_config.json')
        ? await readText(access, repository, commit, 'generation_config.json')
        : null;
      return describeDecoder(
        { 'config.json': config ?? '', ...(generation !== null && { 'generation_config.json': generation }) },
        id,
      );
    }
    case 'genai': {
      const own = await readText(access, repository, commit, `${prefix}genai_config.json`);
      return describeDecoder({ 'genai_config.json': own ?? '' }, null);
    }
  }
}

function typeIn(config: string | null): string | null {
  const parsed = parse(config);
  return typeof parsed?.model_type === 'string' ? parsed.model_type : null;
}

function shardsIn(index: string | null): ReadonlySet<string> | null {
  const map = parse(index)?.weight_map;
  if (typeof map !== 'object' || map === null) return null;
  return new Set(Object.values(map).filter((name): name is string => typeof name === 'string'));
}

function parse(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Says what is there instead. */
function useless(repository: string, files: readonly RemoteFile[], modelType: string | null): ModelError {
  const has = (pattern: RegExp) => files.some(({ path }) => pattern.test(path));
  if (files.length === 0) {
    return new ModelError(`${repository} is empty.`, { kind: 'hub-empty', repository });
  }
  if (has(/\.onnx$/) && mayBeDecoder(modelType)) {
    return new ModelError(
      `${repository} has ONNX graphs, but not in the layout of onnxruntime-genai or Transformers.js for a text model, which are those that can be run.`,
      { kind: 'hub-other-onnx', repository },
    );
  }
  if (modelType !== null && (has(/\.safetensors$/) || has(/\.onnx$/))) {
    return new ModelError(
      `${repository} is of the type ${modelType}, which cannot be converted or run yet. Look for an ONNX export of it.`,
      { kind: 'hub-other-type', repository, type: modelType },
    );
  }
  if (has(/\.gguf$/)) {
    return new ModelError(
      `${repository} is in GGUF, llama.cpp's format, which this engine does not read. Look for an ONNX export of the same model.`,
      { kind: 'hub-gguf', repository },
    );
  }
  return new ModelError(
    `${repository} has neither safetensors of a type that can be converted nor an ONNX export that can be run.`,
    { kind: 'hub-useless', repository },
  );
}
