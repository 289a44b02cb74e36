import { z } from 'zod';

/** A file of the package: below its folder on every system, whoever wrote the manifest. */
const PathSchema = z
  .string()
  .max(1_000)
  .refine(
    (path) =>
      !/[\\:\0]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'names no file inside of the folder',
  );

const ScalarSchema = z.union([z.number(), z.string(), z.boolean()]);

/** `autoglm.json`: what the engine needs to know of a model folder. It is read, never guessed from file names. */
export const ManifestSchema = z.object({
  format: z.literal(1),
  /** What API clients name; lower case, digits, dashes and dots. */
  id: z
    .string()
    .max(200)
    .regex(/^[a-z0-9][a-z0-9.-]*$/),
  /** Folder under `electron/engine/families/`. */
  family: z.string(),
  /** What people read. */
  name: z.string(),
  license: z.string(),
  /** Where the weights come from: an address, or "trained in this repository". */
  source: z.string(),
  /** Number of weights, the tied embedding counted once. */
  parameters: z.number().int().positive(),
  modalities: z.array(z.enum(['text', 'image', 'audio'])).min(1),
  precision: z.enum(['fp32', 'fp16', 'int8', 'int4']),
  /** How the weights were made ready for rounding; absent: rounded to nearest as they were. */
  quantizer: z.enum(['awq']).optional(),
  /** Prompt and answer together, in tokens. */
  contextLength: z.number().int().positive(),
  maxOutputTokens: z.number().int().positive(),
  /** The family's own configuration, its keys as in `config.json`; what belongs to one part of a model is a record of its own. */
  architecture: z.record(
    z.string(),
    z.union([ScalarSchema, z.record(z.string(), z.union([ScalarSchema, z.array(z.number())]))]),
  ),
  /** Graph files by role for each kind of provider; the activations' type differs. */
  graphs: z.partialRecord(
    z.enum(['cpu', 'cuda']),
    z.object({
      activation: z.enum(['float32', 'float16']),
      files: z.record(z.string(), PathSchema),
      /** Rows at the end of a run that the decoder gives `row_logits` of; absent: it has no such output. */
      draftRows: z.number().int().min(2).optional(),
    }),
  ),
  tokenizer: PathSchema,
  tokens: z.object({
    pad: z.number().int(),
    eos: z.array(z.number().int()).min(1),
    decoderStart: z.number().int(),
  }),
  /** Tags around the reasoning in the model's output, and around its answer; absent when the model writes none. */
  reasoning: z
    .object({
      open: z.string(),
      close: z.string(),
      default: z.boolean(),
      answer: z.object({ open: z.string(), close: z.string() }).optional(),
    })
    .optional(),
  /** Sampling used when a request names none. */
  generation: z.object({ temperature: z.number(), topP: z.number(), topK: z.number().int() }).partial(),
  /** Bytes: the weights as loaded, and the KV cache per token, for each kind of activation. */
  memory: z.object({ weights: z.number().int(), kvPerToken: z.number().int() }),
  files: z.array(
    z.object({
      path: PathSchema,
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** Figures of `npm run eval`, task name to score in percent. */
  evaluation: z.record(z.string(), z.number()).optional(),
});

export type Manifest = z.infer<typeof ManifestSchema>;

type Everywhere =
  | 'id'
  | 'family'
  | 'name'
  | 'license'
  | 'source'
  | 'modalities'
  | 'contextLength'
  | 'maxOutputTokens'
  | 'reasoning'
  | 'generation';

/** What is known of a model wherever it runs; a manifest says it of one of this machine. */
export interface ModelInfo extends Pick<Manifest, Everywhere> {
  /** These two are absent where a server does not say. */
  readonly parameters?: number | undefined;
  readonly precision?: string | undefined;
  /** Absent: it runs on this machine, and what it is asked stays here. */
  readonly remote?: RemotePlace;
}

/** Where a model runs that the user connected to. */
export interface RemotePlace {
  readonly connectionId: string;
  /** As the user called the connection. */
  readonly name: string;
  /** Of its address, with the port where it names one. */
  readonly host: string;
  /** The address is neither encrypted nor this machine's own. */
  readonly unencrypted: boolean;
}
