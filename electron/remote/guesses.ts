import type { Server, ThinkingSwitch } from '../contract/connections';

/** What a model's name and its server's address tell where nothing better does. All of it can be changed in the settings. */

const SEES =
  /(?:^|[-_/:.])(?:vl|vlm|vision|llava|pixtral|moondream|ocr|omni|phone|internvl\w*|minicpm-?v\w*|gemma-?3n?)(?:$|[-_/:.])|\dv(?:$|[-_:])|-vl\b|gpt-4o|gpt-4\.1|gpt-5|claude|gemini|qvq|[a-z]\d(?:\.\d)?-?vl|autoglm/i;
const HEARS = /audio|omni|voxtral|ultravox/i;
const THINKS =
  /think|reason|(?:^|[-_/:.])r1|deepseek-r|qwq|qvq|qwen-?3(?!-?coder|.*instruct)|glm-?(?:4\.[1567]|5|z1)|autoglm|gpt-oss|gpt-5|(?:^|\/)o[134](?:-|$)|magistral|minimax-m|nemotron|kimi-k2-think|claude-(?:opus|sonnet)-4|gemini-(?:2\.5|3)/i;
const OTHER =
  /embed|bge-|e5-|gte-|rerank|whisper|(?:^|[-_/])tts|text-to-speech|transcribe|realtime|dall-?e|gpt-image|imagen|stable-diffusion|flux|sora|veo-|moderation|guard\b|davinci|babbage/i;

export const seesPictures = (id: string): boolean => SEES.test(id);
export const hearsSound = (id: string): boolean => HEARS.test(id);
export const doesSomethingElse = (id: string): boolean => OTHER.test(id);

/** Where nothing tells how much a model holds. Too much is refused by its server, which then says how much it is. */
export const UNKNOWN_CONTEXT = 32_768;

export function serverAt(url: string): Server {
  const { hostname } = new URL(url);
  if (/(?:^|\.)(?:openai\.com|openai\.azure\.com)$/.test(hostname)) return 'openai';
  if (/(?:^|\.)openrouter\.ai$/.test(hostname)) return 'openrouter';
  return 'other';
}

/** How a server has a model's thinking switched, for one that thinks. */
export function thinkingSwitch(server: Server, url: string, id: string): ThinkingSwitch {
  const { hostname } = new URL(url);
  switch (server) {
    case 'openai':
    case 'ollama':
      return 'effort';
    case 'openrouter':
      return 'enabled';
    case 'vllm':
    case 'sglang':
    case 'llama-server':
    case 'autoglm':
      // These templates have levels of effort and no switch.
      return /gpt-oss/i.test(id) ? 'effort' : 'template';
    case 'lm-studio':
      return /gpt-oss/i.test(id) ? 'effort' : 'always';
    case 'other':
      if (/bigmodel\.cn$|(?:^|\.)z\.ai$|deepseek\.com$|moonshot\.(?:cn|ai)$|volces\.com$/.test(hostname))
        return 'type';
      if (/aliyuncs\.com$|siliconflow\.(?:cn|com)$|modelscope\.cn$/.test(hostname)) return 'field';
      return 'always';
  }
}

export function guessedThinking(server: Server, url: string, id: string): ThinkingSwitch {
  return THINKS.test(id) ? thinkingSwitch(server, url, id) : 'none';
}
