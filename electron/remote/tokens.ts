import type { GenerationRequest } from '../contract/generation';

/**
 * About how many tokens a prompt has. Nothing is sent to find out: a draft that is not sent yet stays on this machine, and most servers
 * could not tell. What the server counted of earlier prompts corrects the estimate (`Calibration`).
 */

/** Of the tokenizers in use: English has about four characters a token, Chinese and Japanese two for three of them. */
const LATIN_A_TOKEN = 4;
const WIDE_A_TOKEN = 1.5;
/** Roles and separators. */
const A_MESSAGE = 5;
/** A picture of a megapixel, in patches of 28 x 28. */
const A_PICTURE = 1_300;
const A_RECORDING = 500;

const WIDE =
  /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]|[\ud840-\udbff][\udc00-\udfff]/g;

export function estimateTokens({ messages, toolUse, prefix }: GenerationRequest): number {
  let tokens = A_MESSAGE;
  for (const { content, toolCalls = [] } of messages) {
    tokens += A_MESSAGE;
    for (const part of content) {
      if (part.type === 'text') tokens += textTokens(part.text);
      else tokens += part.type === 'image' ? A_PICTURE : A_RECORDING;
    }
    for (const call of toolCalls) tokens += textTokens(call.name + call.arguments) + A_MESSAGE;
  }
  if (toolUse) tokens += textTokens(JSON.stringify(toolUse.tools));
  if (prefix) tokens += textTokens(prefix.reasoning + prefix.answer);
  return Math.ceil(tokens);
}

function textTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return wide / WIDE_A_TOKEN + (text.length - wide) / LATIN_A_TOKEN;
}

/** How far a model's own counts are from the estimates, over its last prompts. */
export class Calibration {
  #factor = 1;

  learn(estimated: number, counted: number): void {
    // Short prompts are mostly the template.
    if (estimated < 20 || counted <= 0) return;
    const factor = Math.min(3, Math.max(1 / 3, counted / estimated));
    this.#factor = this.#factor === 1 ? factor : this.#factor * 0.5 + factor * 0.5;
  }

  apply(estimated: number): number {
    return Math.ceil(estimated * this.#factor);
  }
}
