import { z } from 'zod';

/** What the settings keep of engines that the user connected to (connections.ts). Apart, as the page needs no zod. */

/** Who answers behind an address: they differ in what they take and tell beside OpenAI's own fields. */
const SERVERS = [
  'vllm',
  'sglang',
  'llama-server',
  'lm-studio',
  'ollama',
  'autoglm',
  'openai',
  'openrouter',
  'other',
] as const;
export type Server = (typeof SERVERS)[number];

/**
 * How a model's thinking is switched. `none`: it does not think; `always`: nothing switches it; `template`:
 * `chat_template_kwargs.enable_thinking`; `field`: `enable_thinking`; `effort`: `reasoning_effort`; `type`: `thinking.type`;
 * `enabled`: `reasoning.enabled`.
 */
const THINKING_SWITCHES = ['none', 'always', 'template', 'field', 'effort', 'type', 'enabled'] as const;
export type ThinkingSwitch = (typeof THINKING_SWITCHES)[number];

export const RemoteModelSchema = z.object({
  /** As its server calls it. */
  id: z.string().min(1).max(140),
  /** Prompt and answer together, in tokens. */
  contextLength: z.number().int().min(128).max(100_000_000),
  images: z.boolean(),
  audio: z.boolean(),
  tools: z.boolean(),
  thinking: z.enum(THINKING_SWITCHES),
  /** What its answers have shown. */
  learned: z
    .object({
      /** Fields of a request that its server refuses. */
      refuses: z.array(z.string().max(100)).max(50).default([]),
      /** Its prompt opens the reasoning, so that only the end of it is written. */
      opensThinking: z.boolean().default(false),
    })
    .default({ refuses: [], opensThinking: false }),
});
export type RemoteModel = z.infer<typeof RemoteModelSchema>;

export const HttpAddress = z
  .string()
  .max(2_000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && username === '' && password === '';
  }, 'expected an http(s) address without a name and password');

export const ConnectionSchema = z.object({
  /** Begins the names of its models, as in `gpu-box.local/qwen3`; it stays when the connection is renamed. */
  id: z
    .string()
    .max(50)
    .regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string().trim().min(1).max(100),
  /** What `/models` and `/chat/completions` follow, as in `http://gpu-box.local:8000/v1`. */
  url: HttpAddress,
  server: z.enum(SERVERS),
  enabled: z.boolean(),
  /** Those that the app offers. */
  models: z.array(RemoteModelSchema).max(200),
});
export type Connection = z.infer<typeof ConnectionSchema>;
