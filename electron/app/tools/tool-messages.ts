import type { AssistantMessage } from '../../contract/conversations';
import type { LoadedModel } from '../../contract/engine';
import type { DraftMessage, RequestDraft } from '../../contract/request-draft';
import { type CalledTool, MAX_RESULT_CHARACTERS } from '../../contract/tools';

/** An answer as the model is shown it again: what it wrote, called and was told, round by round. */
export function answerMessages(answer: Pick<AssistantMessage, 'text' | 'toolCalls'>): {
  readonly messages: readonly DraftMessage[];
  /** What was written after the last call. */
  readonly rest: string;
} {
  const messages: DraftMessage[] = [];
  let at = 0;
  for (const calls of rounds(answer.toolCalls ?? [])) {
    const end = calls[0]?.textBefore ?? at;
    messages.push(...roundMessages(answer.text.slice(at, end), calls));
    at = end;
  }
  return { messages, rest: at === 0 ? answer.text : answer.text.slice(at).trimStart() };
}

/** One round: the message that called, and what came of each call. */
export function roundMessages(text: string, calls: readonly CalledTool[]): readonly DraftMessage[] {
  return [
    {
      role: 'assistant',
      content: [{ type: 'text', text: text.trim() }],
      toolCalls: calls.map((call) => ({ id: call.id, name: call.name, arguments: argumentsOf(call) })),
    },
    ...calls.map(
      (call): DraftMessage => ({
        role: 'tool',
        toolCallId: call.id,
        content: [{ type: 'text', text: outcomeOf(call) }],
      }),
    ),
  ];
}

function rounds(calls: readonly CalledTool[]): readonly (readonly CalledTool[])[] {
  const numbers = [...new Set(calls.map(({ round }) => round))];
  return numbers.map((number) => calls.filter(({ round }) => round === number));
}

/** The call may have been cut in the middle of them. */
function argumentsOf(call: CalledTool): string {
  try {
    JSON.parse(call.arguments);
    return call.arguments;
  } catch {
    return '{}';
  }
}

function outcomeOf({ state, result, error }: CalledTool): string {
  if (result) return result.text + cutNote(result.length - result.text.length);
  if (error) return error.message;
  return state === 'denied'
    ? 'The user did not allow this call.'
    : 'The user stopped this call before it returned.';
}

const cutNote = (characters: number): string =>
  characters > 0 ? `\n[… ${characters} more characters were cut]` : '';

/** Of a model's context, so that a result of many pages leaves room for the answer; about a character a token. */
const LEAST_RESULT = 1_000;

export function concernsTools({ toolUse, messages }: RequestDraft): boolean {
  return toolUse !== undefined || messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls);
}

/**
 * A request as the loaded model takes it: one that knows no tools is shown the texts alone, as it would refuse the rest, and no
 * result takes more than its share of the context.
 */
export function forModel(
  draft: RequestDraft,
  { takesTools, contextLength }: Pick<LoadedModel, 'takesTools' | 'contextLength'>,
): RequestDraft {
  if (takesTools) {
    const most = Math.max(LEAST_RESULT, Math.min(MAX_RESULT_CHARACTERS, contextLength));
    return { ...draft, messages: draft.messages.map((message) => shortened(message, most)) };
  }
  const { toolUse: _, ...rest } = draft;
  return { ...rest, messages: textsAlone(draft.messages) };
}

function shortened(message: DraftMessage, most: number): DraftMessage {
  const [part] = message.content;
  if (message.role !== 'tool' || part?.type !== 'text' || part.text.length <= most) return message;
  const text = part.text.slice(0, most) + cutNote(part.text.length - most);
  return { ...message, content: [{ type: 'text', text }] };
}

/** The texts of an answer's rounds become one message again, as templates expect roles to take turns. */
function textsAlone(messages: readonly DraftMessage[]): readonly DraftMessage[] {
  const kept: DraftMessage[] = [];
  for (const { toolCalls, ...message } of messages) {
    const before = kept.at(-1);
    if (message.role === 'tool') continue;
    const text = textOf(message);
    if (message.role === 'assistant' && before?.role === 'assistant')
      kept[kept.length - 1] = {
        ...before,
        content: [{ type: 'text', text: [textOf(before), text].filter(Boolean).join('\n\n') }],
      };
    else kept.push(message);
  }
  return kept.filter((message) => message.role !== 'assistant' || textOf(message) !== '');
}

const textOf = ({ content }: DraftMessage): string =>
  content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
