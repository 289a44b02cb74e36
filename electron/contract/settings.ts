import { z } from 'zod';
import { ConnectionSchema, HttpAddress } from './connection-schema';
import { ModelOptionsSchema } from './model-options';
import { KEYS_PATTERN } from './shortcuts';
import { SPOKEN_LANGUAGES } from './speech';
import { ToolServerSchema } from './tool-servers';

const PresetSchema = z.object({
  id: z.string().min(1).max(100),
  name: z.string().max(100),
  prompt: z.string().max(20_000),
});

/** One validated document. Unknown keys are dropped, absent ones take the default written here. */
export const SettingsSchema = z.object({
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  fontSize: z.number().int().min(12).max(22).default(15),
  density: z.enum(['comfortable', 'compact']).default('comfortable'),
  contrast: z.enum(['system', 'high']).default('system'),
  motion: z.enum(['system', 'reduced']).default('system'),
  reasoningView: z.enum(['fold-when-done', 'always-open', 'hide']).default('fold-when-done'),
  showStatistics: z.boolean().default(true),
  thinking: z.boolean().default(true),
  sendKey: z.enum(['enter', 'mod-enter']).default('enter'),
  systemPrompt: z.string().max(20_000).default(''),
  /** The user's own system prompts to choose from. */
  presets: z.array(PresetSchema).max(500).default([]),
  sidebarOpen: z.boolean().default(true),
  modelId: z.string().nullable().default(null),
  provider: z.enum(['auto', 'cuda', 'webgpu', 'directml', 'coreml', 'cpu']).default('auto'),
  /** Minutes without a request after which the model's memory is given back; null: never. */
  unloadAfterMinutes: z
    .union([z.literal(5), z.literal(15), z.literal(60)])
    .nullable()
    .default(null),
  /** Rows of the KV cache; null: as the model says. */
  contextLength: z.number().int().min(128).nullable().default(null),
  /** By model's id, in place of the two above. */
  modelOptions: z.record(z.string().max(200), ModelOptionsSchema).default({}),
  /** Where models are fetched from; null: as the environment says, or huggingface.co. */
  hubEndpoint: HttpAddress.nullable().default(null),
  /** Engines of other machines; their keys are kept apart from this document, which every page is sent. */
  connections: z.array(ConnectionSchema).max(50).default([]),
  /** OpenAI's API beside the window; the headless host always serves it, on the port it was started with. */
  serverEnabled: z.boolean().default(false),
  serverPort: z.number().int().min(1024).max(65_535).default(8000),
  /** The server offers models of connections as well: whoever can use it can then spend their keys. */
  serveConnections: z.boolean().default(false),
  /** By action, in place of its own; empty: none. Actions of a later version may be among them. */
  shortcuts: z
    .record(z.string().max(60), z.union([z.literal(''), z.string().regex(KEYS_PATTERN)]))
    .default({}),
  /** The browser's id of the microphone; null: the system's choice. */
  microphoneId: z.string().max(300).nullable().default(null),
  spokenLanguage: z.enum(SPOKEN_LANGUAGES).default('auto'),
  /** `hear`: a model that can gets the recording itself rather than its words. */
  voiceInput: z.enum(['transcribe', 'hear']).default('transcribe'),
  sendSpoken: z.boolean().default(false),
  /** Offers the mode; listening begins only when it is asked for. */
  handsFree: z.boolean().default(false),
  readAloud: z.enum(['off', 'spoken']).default('off'),
  /** `voiceURI` of a voice of the system, by language; null: the system's choice. */
  voiceEn: z.string().max(300).nullable().default(null),
  voiceZh: z.string().max(300).nullable().default(null),
  speechRate: z.number().min(0.5).max(2).default(1),
  /** Servers of tools (MCP). Their programs run with the user's rights, so only the user's own hand adds one. */
  toolServers: z.array(ToolServerSchema).max(100).default([]),
  /** `allow`: a tool that says it changes nothing is called without asking. */
  readOnlyTools: z.enum(['ask', 'allow']).default('ask'),
  closeToTray: z.boolean().default(false),
  launchAtLogin: z.boolean().default(false),
  /** Nothing is looked for until the user has been asked. */
  updateCheck: z.enum(['ask', 'on', 'off']).default('ask'),
  sampling: z
    .object({
      temperature: z.number().min(0).max(2),
      topP: z.number().min(0).max(1),
      topK: z.number().int().min(0),
      minP: z.number().min(0).max(1),
      repetitionPenalty: z.number().min(0.5).max(2),
      frequencyPenalty: z.number().min(-2).max(2),
      presencePenalty: z.number().min(-2).max(2),
      seed: z.number().int().min(0).max(4_294_967_295),
      maxTokens: z.number().int().min(1),
    })
    .partial()
    .default({}),
});

export type Settings = z.infer<typeof SettingsSchema>;
export type Preset = z.infer<typeof PresetSchema>;

export const defaultSettings: Settings = SettingsSchema.parse({});
