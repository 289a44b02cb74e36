import { z } from 'zod';
import type { Channel, FinishReason, GenerationEvent } from '../contract/generation';
import { AnswerTags } from '../engine/runtime/answer-tags';
import { possibleStart, ReasoningParser } from '../engine/runtime/reasoning-parser';
import { filtered, notOpenAI, refused, tooMuch } from './failures';
import { parsed } from './http';

const OPEN = '<think>';
const CLOSE = '</think>';

const MAX_CHARACTERS = 8_000_000;
const MAX_CALLS = 128;

const Text = z.string().nullish();
const CallSchema = z.looseObject({
  index: z.number().int().nullish(),
  id: Text,
  function: z.looseObject({ name: Text, arguments: z.unknown().optional() }).nullish(),
});
/** Mistral's: `[{type: 'thinking', thinking: [{type: 'text', text}]}, {type: 'text', text}]`. */
const PartSchema = z.looseObject({ type: z.string(), text: Text, thinking: z.unknown().optional() });
const DeltaSchema = z.looseObject({
  content: z.union([z.string(), z.array(PartSchema)]).nullish(),
  /** DeepSeek, llama-server, SGLang, our own; newer vLLM, Ollama and OpenRouter write `reasoning`. */
  reasoning_content: Text,
  reasoning: Text.catch(null),
  refusal: Text,
  tool_calls: z.array(CallSchema).nullish(),
});
const ChunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: DeltaSchema.nullish(),
        /** Of a server that does not stream. */
        message: DeltaSchema.nullish(),
        finish_reason: Text,
      }),
    )
    .nullish(),
  usage: z
    .looseObject({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
    })
    .nullish()
    .catch(null),
  error: z.unknown().optional(),
});
type Delta = z.infer<typeof DeltaSchema>;

export interface Usage {
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
}

export interface AnswerOptions {
  readonly host: string;
  readonly model: string;
  /** Tags of reasoning may stand in the text. */
  readonly thinks: boolean;
  /** The prompt opened the reasoning, by what earlier answers have shown. */
  readonly opensThinking: boolean;
  /** The answer goes on with one that has begun. */
  readonly continues: boolean;
}

/** From the chunks of an answer to what the app shows: reasoning and answer apart, calls put together, the end with its reason. */
export class AnswerReader {
  readonly #options: AnswerOptions;
  #parser: ReasoningParser;
  readonly #answerTags: AnswerTags;
  #events: GenerationEvent[] = [];
  /** What is held back as the possible beginning of a tag that closes what was never opened. */
  #held = '';
  #characters = 0;
  /** The reasoning comes in a field of its own, so tags are ordinary text. */
  #separate = false;
  /** Taken for reasoning from the first word on, and not yet closed. */
  #assumed: boolean;
  #assumedText = '';
  /** A tag may close what the prompt opened. */
  #strayClose: boolean;
  /** It is known whether the text begins with the tag that opens. */
  #begun = false;
  readonly #calls: { id: string | null; key: number; named: boolean }[] = [];
  /** The prompt opens the reasoning; null where this answer has not shown it. */
  opensThinking: boolean | null = null;
  usage: Usage = { promptTokens: null, outputTokens: null, reasoningTokens: null };
  finishReason: FinishReason | null = null;
  /** `[DONE]`, or a reason for the end. */
  done = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#assumed = options.thinks && options.opensThinking && !options.continues;
    this.#strayClose = options.thinks && !this.#assumed && !options.continues;
    this.#parser = this.#newParser(this.#assumed ? 'reasoning' : 'answer');
    // The published checkpoints of GLM-4.1V put their answers between tags.
    const tags = /autoglm|glm-4\.1v/i.test(options.model) ? { open: '<answer>', close: '</answer>' } : null;
    this.#answerTags = new AnswerTags(tags, options.continues);
  }

  /** @throws AppError where the chunk is an error, or none at all */
  push(data: string): readonly GenerationEvent[] {
    const { host, model } = this.#options;
    if (data.trim() === '') return [];
    if (data.trim() === '[DONE]') {
      this.done = true;
      return [];
    }
    const json = parsed(data);
    const chunk = ChunkSchema.safeParse(json);
    if (!chunk.success) throw notOpenAI(host);
    if (chunk.data.error) throw refused({ status: statusOf(chunk.data.error), body: json }, host, model);
    const { usage, choices } = chunk.data;
    if (usage) {
      this.usage = {
        promptTokens: usage.prompt_tokens ?? this.usage.promptTokens,
        outputTokens: usage.completion_tokens ?? this.usage.outputTokens,
        reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? this.usage.reasoningTokens,
      };
    }
    const choice = choices?.[0];
    const delta = choice?.delta ?? choice?.message;
    if (delta) this.#take(delta);
    if (choice?.finish_reason) this.#end(choice.finish_reason);
    return this.#events.splice(0);
  }

  /** No more comes. */
  end(): readonly GenerationEvent[] {
    this.#parser.push(this.#held, 0);
    this.#held = '';
    this.#parser.flush();
    if (this.#assumed && this.finishReason === 'stop' && this.#calls.length === 0) {
      // Nothing closed it: it was the answer, and the prompt opens nothing any more.
      this.opensThinking = false;
      this.#emit('answer', this.#assumedText, 0);
    }
    this.#emit('answer', this.#answerTags.flush(), 0);
    return this.#events.splice(0);
  }

  #end(reason: string): void {
    this.done = true;
    if (reason === 'content_filter') throw filtered(this.#options.host);
    this.finishReason = reason === 'length' || reason === 'max_tokens' ? 'length' : 'stop';
  }

  #take(delta: Delta): void {
    const reasoning = delta.reasoning_content ?? delta.reasoning;
    if (reasoning) this.#reason(reasoning);
    if (typeof delta.content === 'string') this.#write(delta.content);
    else
      for (const part of delta.content ?? []) {
        if (part.type === 'thinking') this.#reason(textIn(part.thinking));
        else if (part.text) this.#write(part.text);
      }
    if (delta.refusal) this.#write(delta.refusal);
    for (const call of delta.tool_calls ?? []) this.#call(call);
  }

  #reason(text: string): void {
    if (!this.#separate) {
      this.#separate = true;
      this.#strayClose = false;
      if (this.#assumed) this.opensThinking = false;
      this.#assumed = false;
      this.#parser.flush();
      this.#parser = new ReasoningParser(null, 'answer', this.#sink);
    }
    this.#count(text);
    this.#emit('reasoning', text, text === '' ? 0 : 1);
  }

  #write(text: string): void {
    if (text === '') return;
    this.#count(text);
    if (!this.#strayClose) {
      this.#parser.push(text, 1);
      return;
    }
    this.#held += text;
    if (!this.#begun) {
      const beginning = this.#held.trimStart();
      if (beginning.length < OPEN.length && OPEN.startsWith(beginning)) return;
      this.#begun = true;
      if (beginning.startsWith(OPEN)) this.#strayClose = false;
    }
    const at = this.#strayClose ? this.#held.indexOf(CLOSE) : -1;
    if (at >= 0) {
      this.#foundClose(at);
      return;
    }
    const keep = this.#strayClose ? possibleStart(this.#held, CLOSE) : 0;
    const ready = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(ready.length);
    this.#parser.push(ready, 1);
  }

  /** All so far was reasoning, which the prompt had opened. */
  #foundClose(at: number): void {
    const before = this.#held.slice(0, at).trimEnd();
    const after = this.#held.slice(at + CLOSE.length).replace(/^[\r\n]+/, '');
    this.#held = '';
    this.#strayClose = false;
    this.opensThinking = true;
    this.#parser.push(before, 1);
    this.#parser.flush();
    this.#events.push({ type: 'was-reasoning' });
    this.#parser = this.#newParser('answer', true);
    if (after !== '') this.#parser.push(after, 1);
  }

  #newParser(start: Channel, answering = false): ReasoningParser {
    const { thinks, continues } = this.#options;
    const tags = thinks ? { open: OPEN, close: CLOSE } : null;
    return new ReasoningParser(tags, start, this.#sink, !continues && !answering);
  }

  readonly #sink = (channel: Channel, text: string, tokens: number): void => {
    if (this.#assumed) {
      if (channel === 'reasoning') this.#assumedText += text;
      else this.#assumed = false;
    }
    this.#emit(channel, channel === 'answer' ? this.#answerTags.push(text) : text, tokens);
  };

  #call({ index, id, function: called }: z.infer<typeof CallSchema>): void {
    const key =
      index ?? (id || this.#calls.length === 0 ? this.#calls.length : (this.#calls.at(-1)?.key ?? 0));
    let place = this.#calls.findLastIndex((call) => call.key === key);
    // Some servers give every call the number 0, each with an id of its own.
    if (place >= 0 && id && this.#calls[place]?.id && this.#calls[place]?.id !== id) place = -1;
    if (place < 0) {
      if (this.#calls.length >= MAX_CALLS) throw tooMuch(this.#options.host, MAX_CHARACTERS);
      this.#calls.push({ id: id || null, key, named: false });
      place = this.#calls.length - 1;
    }
    const call = this.#calls[place];
    if (!call) return;
    const args = called?.arguments;
    // Ollama's own form has them as an object.
    const text = typeof args === 'string' ? args : args ? JSON.stringify(args) : '';
    this.#count(text);
    const name = call.named ? undefined : called?.name || undefined;
    if (name) call.named = true;
    if (!name && text === '') return;
    this.#events.push({
      type: 'tool-call',
      index: place,
      ...(name && { id: call.id ?? `call_${place}_${crypto.randomUUID().slice(0, 8)}`, name }),
      arguments: text,
    });
  }

  #count(text: string): void {
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) throw tooMuch(this.#options.host, MAX_CHARACTERS);
  }

  #emit(channel: Channel, text: string, tokens: number): void {
    if (text === '' && tokens === 0) return;
    const last = this.#events.at(-1);
    if (last?.type === 'delta' && last.channel === channel)
      this.#events[this.#events.length - 1] = {
        ...last,
        text: last.text + text,
        tokens: last.tokens + tokens,
      };
    else this.#events.push({ type: 'delta', channel, text, tokens });
  }
}

function textIn(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  const parts = z.array(z.looseObject({ text: z.string() })).safeParse(thinking);
  return parts.success ? parts.data.map(({ text }) => text).join('') : '';
}

/** Of an error in the middle of a stream, where the status line is long gone. */
function statusOf(error: unknown): number {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : Number.NaN;
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : 500;
}
