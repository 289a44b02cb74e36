import { z } from 'zod';

/** `autoglm.json`: what the engine needs to know of a model folder. It is read, never guessed from file names. */
export const ManifestSchema = z.object({
  format: z.literal(1),
  /** What API clients name; lower case, digits, dashes and dots. */
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
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
  /** Prompt and answer together, in tokens. */
  contextLength: z.number().int().positive(),
  maxOutputTokens: z.number().int().positive(),
  /** The family's own configuration, its keys as in `config.json`. */
  architecture: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Graph files by role for each kind of provider; the activations' type differs. */
  graphs: z.partialRecord(
    z.enum(['cpu', 'cuda']),
    z.object({ activation: z.enum(['float32', 'float16']), files: z.record(z.string(), z.string()) }),
  ),
  tokenizer: z.string(),
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
      path: z.string(),
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** Figures of `npm run eval`, task name to score in percent. */
  evaluation: z.record(z.string(), z.number()).optional(),
});

export type Manifest = z.infer<typeof ManifestSchema>;
