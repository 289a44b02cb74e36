import type { ParseKeys } from 'i18next';

type CatalogKey = Extract<ParseKeys, `getModel.catalog.${string}`>;
type GroupKey = Extract<ParseKeys, `getModel.groups.${string}`>;

export interface CatalogEntry {
  readonly repository: string;
  readonly about: CatalogKey;
}

/** What this app is for and runs best: names alone, so that it can be shown without the network. The hub says all else when asked. */
export const CATALOG: readonly { readonly title: GroupKey; readonly entries: readonly CatalogEntry[] }[] = [
  {
    title: 'getModel.groups.chat',
    entries: [
      { repository: 'onnx-community/Qwen2.5-0.5B-Instruct', about: 'getModel.catalog.qwenTiny' },
      { repository: 'onnx-community/Qwen3-0.6B-ONNX', about: 'getModel.catalog.qwenReasoning' },
      { repository: 'onnx-community/Qwen2.5-1.5B-Instruct', about: 'getModel.catalog.qwen' },
      { repository: 'microsoft/Phi-3-mini-4k-instruct-onnx', about: 'getModel.catalog.phi3' },
      { repository: 'microsoft/Phi-4-mini-instruct-onnx', about: 'getModel.catalog.phi4' },
    ],
  },
  {
    title: 'getModel.groups.speech',
    entries: [
      { repository: 'openai/whisper-tiny', about: 'getModel.catalog.whisperTiny' },
      { repository: 'openai/whisper-base', about: 'getModel.catalog.whisperBase' },
      { repository: 'openai/whisper-small', about: 'getModel.catalog.whisperSmall' },
      { repository: 'openai/whisper-large-v3-turbo', about: 'getModel.catalog.whisperTurbo' },
    ],
  },
  {
    title: 'getModel.groups.assistants',
    entries: [
      { repository: 'zai-org/AutoGLM-Phone-9B', about: 'getModel.catalog.autoglm' },
      { repository: 'zai-org/GLM-4.1V-9B-Thinking', about: 'getModel.catalog.glm' },
    ],
  },
];
