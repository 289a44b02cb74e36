import type { HubLayout } from '../../../electron/contract/hub';
import { MANIFEST_FILE } from '../manifest';
import type { RemoteFile } from './api';

/** One of the models in a repository: which files it is made of. */
export interface LayoutVariant {
  readonly layout: HubLayout;
  /** Of the repository: a folder or a graph; empty where there is nothing to choose. */
  readonly id: string;
  /** Stands before its files' paths and is left out on the disk: empty, or ends with a slash. */
  readonly prefix: string;
  readonly files: readonly RemoteFile[];
}

/** Architectures that the builder converts (families/jobs.ts). */
export const CONVERTED = new Set(['glm4v', 'whisper', 'autoglm-phone']);

/** Their layers keep something else than keys and values, or their graphs take more than tokens: they cannot be run as `decoder`. */
const NOT_DECODERS =
  /^(lfm2|mamba|falcon_h1|falcon_mamba|jamba|bamba|zamba|rwkv|nemotron_h|granitemoehybrid|recurrent_gemma|qwen3_next|whisper|t5|mt5|bart|marian|m2m_100|moonshine|.*_vl|.*vl|phi3_v|phi3v|phi4mm|llava|idefics|smolvlm|paligemma|florence2|gemma3n)/;

/** Whether a model of this type may be one that the family `decoder` runs, as far as its type tells. */
export const mayBeDecoder = (modelType: string | null): boolean =>
  modelType === null || !NOT_DECODERS.test(modelType);

const DESCRIPTIONS = /^[^/]+\.(json|jinja|model)$|^(LICENSE|NOTICE)[^/]*$/i;
/** No description is so long; some repositories keep data beside the model. */
const MAX_DESCRIPTION_BYTES = 64 << 20;

/** Of Transformers.js' graphs those that are run, the smallest that keeps its quality first (families/decoder/layout.ts). */
const GRAPHS = ['model_q4', 'model_q4f16', 'model_int8', 'model_quantized', 'model_fp16', 'model'];

/** Folders of onnxruntime-genai's exports for providers that are not used with it. */
const OTHER_PROVIDERS =
  /(^|\/)(directml|dml|npu|qnn|vitis|openvino|webgpu|web|trt|nvtensorrtrtx|migraphx)([-_/]|$)/i;

/**
 * What can be fetched from a repository, by the names of its files alone, best first; none where it holds nothing that could be used.
 *
 * @param modelType `model_type` of its config.json
 * @param shards of `model.safetensors.index.json`, where there is one; else all that could be some are taken
 */
export function variantsOf(
  files: readonly RemoteFile[],
  modelType: string | null,
  shards: ReadonlySet<string> | null = null,
): readonly LayoutVariant[] {
  const names = new Set(files.map(({ path }) => path));
  if (names.has(MANIFEST_FILE)) {
    return [{ layout: 'package', id: '', prefix: '', files: files.filter(({ path }) => !isText(path)) }];
  }
  const checkpoint = checkpointOf(files, names, shards);
  if (checkpoint && modelType !== null && CONVERTED.has(modelType)) return [checkpoint];
  if (!mayBeDecoder(modelType)) return [];
  return [...genaiVariants(files), ...transformersJsVariants(files, names)];
}

function checkpointOf(
  files: readonly RemoteFile[],
  names: ReadonlySet<string>,
  shards: ReadonlySet<string> | null,
): LayoutVariant | null {
  if (!names.has('config.json')) return null;
  // The reader prefers the index. Where it is there, a single file beside it is the same once more.
  const indexed = names.has('model.safetensors.index.json');
  if (!indexed && !names.has('model.safetensors')) return null;
  const weights = ({ path }: RemoteFile) =>
    indexed
      ? (shards?.has(path) ?? /^model-\d+-of-\d+\.safetensors$/.test(path))
      : path === 'model.safetensors';
  const chosen = files.filter((file) => weights(file) || isDescription(file));
  return { layout: 'checkpoint', id: '', prefix: '', files: chosen };
}

/** Each folder with a `genai_config.json` is a model of its own. */
function genaiVariants(files: readonly RemoteFile[]): readonly LayoutVariant[] {
  return files
    .filter(({ path }) => /(^|\/)genai_config\.json$/.test(path))
    .map(({ path }) => path.slice(0, -'genai_config.json'.length))
    .filter((prefix) => !OTHER_PROVIDERS.test(prefix))
    .map((prefix): LayoutVariant => {
      const own = files.filter(
        ({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'),
      );
      const chosen = own.filter(
        (file) => isDescription({ ...file, path: file.path.slice(prefix.length) }) || isGraphData(file.path),
      );
      return { layout: 'genai', id: prefix.replace(/\/$/, ''), prefix, files: chosen };
    })
    .filter(({ files: own }) => own.some(({ path }) => path.endsWith('.onnx')))
    .sort((a, b) => rank(a.id) - rank(b.id) || a.id.localeCompare(b.id));
}

/** For the processor first: every machine has one. Of those, the one whose products are in 8 bits, which is the fastest. */
function rank(id: string): number {
  if (/cuda|gpu/i.test(id)) return /int4/i.test(id) ? 2 : 3;
  return /acc(uracy)?-level-4/i.test(id) ? 0 : 1;
}

function transformersJsVariants(
  files: readonly RemoteFile[],
  names: ReadonlySet<string>,
): readonly LayoutVariant[] {
  if (!names.has('config.json')) return [];
  const descriptions = files.filter(isDescription);
  return GRAPHS.map((name) => `onnx/${name}.onnx`)
    .filter((graph) => names.has(graph))
    .map((graph) => ({
      layout: 'transformers-js',
      id: graph,
      prefix: '',
      // Its weights lie beside it under its name.
      files: [...descriptions, ...files.filter(({ path }) => path.startsWith(graph))],
    }));
}

const isDescription = ({ path, bytes }: RemoteFile): boolean =>
  DESCRIPTIONS.test(path) && (bytes ?? 0) <= MAX_DESCRIPTION_BYTES;

const isGraphData = (path: string): boolean => /\.onnx([._-]?data[\w.-]*)?$|\.(data|bin)$/i.test(path);

const isText = (path: string): boolean => /^README|\.md$/i.test(path);
