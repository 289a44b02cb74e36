import type { Channel, GenerationEvent, GenerationRequest, SamplingParams } from '../../contract/generation';

/** A request with one message of the user's. Token 1 ends the answer; a bias against it makes random weights go on. */
export function request(
  text: string,
  sampling: Partial<SamplingParams> = {},
  rest: Partial<GenerationRequest> = {},
): GenerationRequest {
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: { temperature: 0, maxTokens: 24, logitBias: { 1: -100 }, ...sampling },
    enableThinking: false,
    ...rest,
  };
}

export interface Collected {
  readonly events: readonly GenerationEvent[];
  readonly last: GenerationEvent | undefined;
  readonly text: Readonly<Record<Channel, string>>;
  readonly tokens: Readonly<Record<Channel, number>>;
}

/** Everything that a generation sent. */
export async function collect(stream: AsyncIterable<GenerationEvent>): Promise<Collected> {
  const events: GenerationEvent[] = [];
  const text = { reasoning: '', answer: '' };
  const tokens = { reasoning: 0, answer: 0 };
  for await (const event of stream) {
    events.push(event);
    if (event.type !== 'delta') continue;
    text[event.channel] += event.text;
    tokens[event.channel] += event.tokens;
  }
  return { events, last: events.at(-1), text, tokens };
}
