import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';
import { type Manifest, ManifestSchema } from '../../../../electron/contract/manifest';
import { ModelError } from '../../errors';
import type { PackageFile, PackageNames } from '../../manifest';
import { type DecoderLayout, readLayout } from './layout';
import { sentencePieceTokenizer } from './sentencepiece';

export interface ImportOptions {
  readonly names: PackageNames;
  /** Rows of the KV cache that are offered at most; 8192 unless told, however many the model could take. */
  readonly contextLength?: number;
}

const DEFAULT_CONTEXT = 8192;
type FloatType = 'float32' | 'float16';

/**
 * The manifest that makes a folder in onnxruntime-genai's or Transformers.js' layout a package of the family `decoder`; written as
 * `autoglm.json` into the folder, it loads like any other. Names and types of tensors are asked of the graph itself.
 *
 * @throws ModelError that says what the folder lacks.
 */
export async function importDecoder(folder: string, options: ImportOptions): Promise<Manifest> {
  const layout = readLayout(folder);
  const graph = path.join(folder, layout.graph);
  if (!existsSync(graph))
    throw new ModelError(`${folder} names the graph ${layout.graph}, which is not there.`, {
      kind: 'checkpoint-file-missing',
      file: layout.graph,
    });
  rewriteSentencePiece(folder);
  const tensors = await inspect(graph, layout);
  const tokenizer = readTokenizerConfig(folder);
  const files = hashFiles(folder, layout.graph);
  const provider = { activation: tensors.cache, files: { decoder: layout.graph } };
  const contextLength = Math.min(layout.contextLength, options.contextLength ?? DEFAULT_CONTEXT);
  const elementBytes = tensors.cache === 'float16' ? 2 : 4;
  return ManifestSchema.parse({
    format: 1,
    ...options.names,
    family: 'decoder',
    parameters: layout.parameters,
    modalities: ['text'],
    precision: tensors.cache === 'float16' ? 'fp16' : contains(graph, 'MatMulNBits') ? 'int4' : 'fp32',
    contextLength,
    maxOutputTokens: contextLength,
    architecture: {
      vocab_size: tensors.vocabulary,
      num_hidden_layers: layout.layers,
      num_key_value_heads: tensors.kvHeads,
      head_dim: tensors.headSize,
      logits_type: tensors.logits,
      // GroupQueryAttention is the operator that writes into the cache it is given.
      cache: contains(graph, 'GroupQueryAttention') ? 'shared' : 'growing',
      position_ids: tensors.positions,
      past_names: layout.pastNames.join(' '),
      present_names: layout.presentNames.join(' '),
      chat_template: tokenizer.chatTemplate,
      bos_token: tokenizer.bos,
      eos_token: tokenizer.eos,
    },
    // A float16 graph is meant for a GPU but runs on the CPU too, through casts.
    graphs: tensors.cache === 'float16' ? { cuda: provider, cpu: provider } : { cpu: provider },
    tokenizer: 'tokenizer.json',
    tokens: { pad: layout.pad, eos: layout.eos, decoderStart: layout.pad },
    ...(tokenizer.chatTemplate.includes('<think>')
      ? { reasoning: { open: '<think>', close: '</think>', default: true } }
      : {}),
    generation: layout.generation,
    memory: {
      weights: files.reduce((sum, file) => sum + (file.path.endsWith('.json') ? 0 : file.bytes), 0),
      kvPerToken: 2 * layout.layers * tensors.kvHeads * tensors.headSize * elementBytes,
    },
    files,
  });
}

/** @throws ModelError naming the file that is missing or cannot be used. */
function rewriteSentencePiece(folder: string): void {
  const target = path.join(folder, 'tokenizer.json');
  if (existsSync(target)) return;
  const model = path.join(folder, 'tokenizer.model');
  if (!existsSync(model)) {
    throw new ModelError(
      `${folder} has neither tokenizer.json nor tokenizer.model: get one of them from where the model comes from.`,
      { kind: 'tokenizer-missing', folder },
    );
  }
  writeFileSync(target, sentencePieceTokenizer(readFileSync(model)));
}

interface Tensors {
  readonly cache: FloatType;
  readonly logits: FloatType;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  readonly positions: boolean;
}

async function inspect(graph: string, layout: DecoderLayout): Promise<Tensors> {
  const session = await InferenceSession.create(graph, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  try {
    const find = (all: readonly InferenceSession.ValueMetadata[], name: string) => {
      const found = all.find((value) => value.name === name);
      if (found?.isTensor) return found;
      const there = all.map((value) => value.name).join(', ');
      throw new ModelError(`${layout.graph} has no ${name}; it has ${there}.`, {
        kind: 'onnx-graph',
        file: layout.graph,
      });
    };
    find(session.inputMetadata, 'input_ids');
    find(session.inputMetadata, 'attention_mask');
    const past = find(session.inputMetadata, layout.pastNames[0].replace('%d', '0'));
    const logits = find(session.outputMetadata, 'logits');
    const allowed = ['input_ids', 'attention_mask', 'position_ids'];
    const pattern = new RegExp(
      `^(${layout.pastNames.map((name) => escapeRegExp(name).replace('%d', '\\d+')).join('|')})$`,
    );
    for (const name of session.inputNames) {
      if (!allowed.includes(name) && !pattern.test(name)) {
        throw new ModelError(`${layout.graph} wants ${name}, which a text decoder does not have.`, {
          kind: 'onnx-graph',
          file: layout.graph,
        });
      }
    }
    const [, kvHeads, , headSize] = past.shape;
    const vocabulary = logits.shape.at(-1);
    return {
      cache: floatType(past.type, past.name),
      logits: floatType(logits.type, logits.name),
      kvHeads: typeof kvHeads === 'number' ? kvHeads : layout.kvHeads,
      headSize: typeof headSize === 'number' ? headSize : layout.headSize,
      vocabulary: typeof vocabulary === 'number' ? vocabulary : layout.vocabulary,
      positions: session.inputNames.includes('position_ids'),
    };
  } finally {
    await session.release();
  }
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function floatType(type: string, name: string): FloatType {
  if (type === 'float32' || type === 'float16') return type;
  throw new ModelError(`${name} is of type ${type}; float32 and float16 can be used.`, {
    kind: 'tensor-values',
    tensor: name,
  });
}

/** Whether a file has these bytes somewhere: enough to see which operators a graph is made of. */
function contains(file: string, text: string): boolean {
  const wanted = Buffer.from(text);
  const chunk = Buffer.alloc((4 << 20) + wanted.length);
  const descriptor = openSync(file, 'r');
  try {
    for (let position = 0; ; position += 4 << 20) {
      const read = readSync(descriptor, chunk, 0, chunk.length, position);
      if (chunk.subarray(0, read).includes(wanted)) return true;
      if (read < chunk.length) return false;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The graph, whatever lies beside it under its name, and the tokenizer. */
function hashFiles(folder: string, graph: string): PackageFile[] {
  const beside = path.posix.dirname(graph);
  const stem = path.posix.basename(graph);
  const names = readdirSync(path.join(folder, beside))
    .filter((name) => name.startsWith(stem))
    .map((name) => path.posix.join(beside, name));
  return [...names, 'tokenizer.json'].map((name) => {
    const file = path.join(folder, name);
    if (!existsSync(file)) {
      throw new ModelError(`${folder} has no ${name}.`, { kind: 'checkpoint-file-missing', file: name });
    }
    return { path: name, bytes: statSync(file).size, sha256: sha256(file) };
  });
}

function sha256(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(4 << 20);
  const descriptor = openSync(file, 'r');
  try {
    for (let read = 1; read > 0; ) {
      read = readSync(descriptor, chunk);
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

const TokenSchema = z.union([z.string(), z.object({ content: z.string() })]).nullish();
const TokenizerSchema = z.object({
  bos_token: TokenSchema,
  eos_token: TokenSchema,
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
});

function readTokenizerConfig(folder: string): { chatTemplate: string; bos: string; eos: string } {
  const file = path.join(folder, 'tokenizer_config.json');
  const parsed = TokenizerSchema.safeParse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  if (!parsed.success) {
    throw new ModelError(`${file} is not a tokenizer's configuration.`, { kind: 'tokenizer-unusable', file });
  }
  const text = (token: z.infer<typeof TokenSchema>) =>
    typeof token === 'string' ? token : (token?.content ?? '');
  const { chat_template: own, bos_token, eos_token } = parsed.data;
  const beside = path.join(folder, 'chat_template.jinja');
  const named = Array.isArray(own) ? own.find(({ name }) => name === 'default')?.template : own;
  const chatTemplate = named ?? (existsSync(beside) ? readFileSync(beside, 'utf8') : '');
  return { chatTemplate, bos: text(bos_token), eos: text(eos_token) };
}
