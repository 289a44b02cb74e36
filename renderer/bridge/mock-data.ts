import type {
  AssistantMessage,
  Conversation,
  ConversationSummary,
  Message,
  UserMessage,
} from '../../electron/contract/conversations';
import type { LoadedModel } from '../../electron/contract/engine';
import type { GenerationStats } from '../../electron/contract/generation';
import type { Manifest } from '../../electron/contract/manifest';
import { sampleDocument } from './mock-documents';
import { samplePicture } from './mock-files';
import { everyMarkup } from './mock-markdown';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const manifest: Manifest = {
  format: 1,
  id: 'autoglm-phone-nano',
  family: 'autoglm-phone',
  name: 'AutoGLM-Phone Nano',
  license: 'Apache-2.0',
  source: 'trained in this repository',
  parameters: 62_103_216,
  modalities: ['text', 'image', 'audio'],
  precision: 'int4',
  contextLength: 2048,
  maxOutputTokens: 2048,
  architecture: {},
  graphs: { cuda: { activation: 'float16', files: {} } },
  tokenizer: 'tokenizer.json',
  tokens: { pad: 0, eos: [1], decoderStart: 2 },
  reasoning: { open: '<think>', close: '</think>', default: true },
  generation: { temperature: 0 },
  memory: { weights: 39_723_264, kvPerToken: 20_480 },
  files: [],
  evaluation: { arithmetic: 91.21, dates: 99.88, facts: 78.04, translate: 79.82, units: 98.93 },
};

export const loaded: LoadedModel = {
  manifest,
  provider: 'cpu',
  device: { kind: 'processor', threads: 2 },
  contextLength: 2048,
  passedOver: [
    {
      provider: 'cuda',
      error: {
        code: 'provider-unavailable',
        message: 'There is no NVIDIA driver on this machine (libcuda.so.1 was not found).',
        details: { kind: 'gpu-driver-missing', missing: 'libcuda.so.1' },
      },
    },
  ],
  loadMs: 412,
  memoryBytes: 229_000_000,
};

export const stats: GenerationStats = {
  promptTokens: 18,
  outputTokens: 71,
  reasoningTokens: 58,
  queuedMs: 0,
  firstTokenMs: 25,
  reasoningMs: 61,
  totalMs: 100,
  tokensPerSecond: 951.4,
  provider: 'cpu',
  device: { kind: 'processor', threads: 2 },
  precision: 'int4',
  peakMemoryBytes: 270_000_000,
  seed: 1,
};

export const additionReasoning = '384+729: 4+9=13 carry; 8+2+1=11 carry; 3+7+1=11 carry => 1113';

export const richAnswer = `Three ways to sort a list, **fastest first**. See [the Python documentation](https://docs.python.org/3/library/functions.html#sorted) for \`sorted\`.

| Method | Time | In place |
| --- | --- | --- |
| \`list.sort\` | O(n log n) | yes |
| \`sorted\` | O(n log n) | no |
| Bubble sort | O(n²) | yes |

\`\`\`python
def bubble_sort(items: list[int]) -> list[int]:
    """Swap neighbours until none is out of order."""
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
    return items
\`\`\`

The number of comparisons is at most

$$\\sum_{k=1}^{n-1} k = \\frac{n(n-1)}{2}$$

so for $n = 10$ it is 45.

1. Use \`sorted\` when you need the original.
2. Use \`list.sort\` when you do not.

> Measure before you optimise.`;

const zhAnswer = `三种排序方法，**从快到慢**：

| 方法 | 时间 | 原地 |
| --- | --- | --- |
| \`list.sort\` | O(n log n) | 是 |
| \`sorted\` | O(n log n) | 否 |
| 冒泡排序 | O(n²) | 是 |

\`\`\`python
def bubble_sort(items: list[int]) -> list[int]:
    """不断交换相邻元素，直到有序。"""
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
    return items
\`\`\`

比较次数最多为

$$\\sum_{k=1}^{n-1} k = \\frac{n(n-1)}{2}$$

所以 $n = 10$ 时是 45 次。

> 先测量，再优化。`;

const flow = (zh: boolean) =>
  zh
    ? `你的消息先被切成词元，再由编码器一次读完，解码器逐个写出词元：

\`\`\`mermaid
flowchart LR
  A[消息] --> C[编码器]
  P[图片] --> C
  C --> D[解码器]
  D -- 思考 --> F[思考过程]
  F --> G[回答]
  D -- 直接 --> G
\`\`\`

编码器的结果只算一次，之后每个词元都会用到。`
    : `Your message is cut into tokens, the encoder reads all of them at once, and the decoder writes one token after the other:

\`\`\`mermaid
flowchart LR
  A[Message] --> C[Encoder]
  P[Picture] --> C
  C --> D[Decoder]
  D -- thinking --> F[Reasoning]
  F --> G[Answer]
  D -- direct --> G
\`\`\`

What the encoder found is computed once and used for every token.`;

const titles = {
  en: [
    ['What is 384 + 729?', 0],
    ['Sorting a list in Python', 0.1],
    ['把这段话翻译成英文', 0.15],
    ['What does this error mean?', 1],
    ['Recipe for plum cake', 1.1],
    ['Notes for the weekly report, with everything that was said about the bridge', 1.2],
    ['周报摘要', 3],
    ['How many apples are there?', 4],
    ['Units for the bridge model', 5],
    ['How an answer is made', 20],
    ['Names for the cat', 40],
  ],
  zh: [
    ['384 + 729 等于多少？', 0],
    ['Python 的排序方法', 0.1],
    ['Translate this paragraph', 0.15],
    ['这个报错是什么意思？', 1],
    ['李子蛋糕的做法', 1.1],
    ['每周汇报的笔记，以及会上关于那座桥所说的每一句话', 1.2],
    ['周报摘要', 3],
    ['图里有几个苹果？', 4],
    ['桥梁模型的单位', 5],
    ['回答是怎样产生的', 20],
    ['给猫起名字', 40],
  ],
} as const;

export function sampleSummaries(language: 'en' | 'zh', now: number): ConversationSummary[] {
  return titles[language].map(([title, daysAgo], index) => ({
    id: `c${index}`,
    title,
    titleIsManual: false,
    createdAt: now - daysAgo * DAY - HOUR,
    updatedAt: now - daysAgo * DAY - index * 1000,
    pinned: index === 8,
    archived: false,
    folderId: null,
    deletedAt: null,
  }));
}

export function user(conversationId: string, id: string, parentId: string | null, text: string): UserMessage {
  return { role: 'user', id, conversationId, parentId, createdAt: Date.now(), text, attachments: [] };
}

export function assistant(
  conversationId: string,
  id: string,
  parentId: string,
  text: string,
  rest: Partial<AssistantMessage> = {},
): AssistantMessage {
  return {
    role: 'assistant',
    id,
    conversationId,
    parentId,
    createdAt: Date.now(),
    text,
    state: 'done',
    reasoning: '',
    modelId: manifest.id,
    thinking: true,
    finishReason: 'stop',
    stats,
    error: null,
    ...rest,
  };
}

/** What each sample conversation holds, by its place in the list. */
function sampleMessages(language: 'en' | 'zh', id: string): Message[] {
  const zh = language === 'zh';
  const sum = zh ? '384 + 729 等于多少？' : 'What is 384 + 729?';
  if (id === 'c0') {
    return [
      user(id, 'u1', null, sum),
      assistant(id, 'a1', 'u1', zh ? '384 + 729 = 1113。' : '384 + 729 = **1113**.', {
        reasoning: additionReasoning,
      }),
      user(id, 'u2', 'a1', zh ? '日本的首都是哪里？' : 'What is the capital of Japan?'),
      assistant(id, 'a2', 'u2', zh ? '日本的首都是东京。' : 'The capital of Japan is Tokyo.', {
        stats: { ...stats, reasoningTokens: 0, reasoningMs: 0, outputTokens: 9 },
      }),
      assistant(id, 'a2b', 'u2', zh ? '东京。' : 'Tokyo.', {
        stats: { ...stats, reasoningTokens: 0, reasoningMs: 0, outputTokens: 3 },
      }),
    ];
  }
  if (id === 'c1') {
    return [
      user(id, 'u1', null, zh ? '怎样给列表排序？' : 'How do I sort a list?'),
      assistant(id, 'a1', 'u1', zh ? zhAnswer : richAnswer, {
        stats: { ...stats, outputTokens: 318, reasoningTokens: 0, reasoningMs: 0 },
      }),
    ];
  }
  if (id === 'c2') {
    const { question, answer } = everyMarkup(zh);
    return [
      user(id, 'u1', null, question),
      assistant(id, 'a1', 'u1', answer, {
        stats: { ...stats, outputTokens: 402, reasoningTokens: 0, reasoningMs: 0 },
      }),
    ];
  }
  if (id === 'c3') {
    return [
      user(id, 'u1', null, sum),
      assistant(id, 'a1', 'u1', zh ? '384 加 729' : 'The sum of 384 and', {
        state: 'failed',
        finishReason: null,
        stats: null,
        reasoning: additionReasoning.slice(0, 60),
        error: {
          code: 'engine-crashed',
          message: 'The engine ended unexpectedly (it was ended by SIGKILL).',
          details: { kind: 'engine-died', reason: 'was ended by SIGKILL' },
        },
      }),
    ];
  }
  if (id === 'c4') {
    return [
      user(id, 'u1', null, zh ? '写一首关于大海的诗' : 'Write a poem about the sea'),
      assistant(id, 'a1', 'u1', zh ? '大海在远处' : 'The sea lies far out, and the', {
        state: 'stopped',
        finishReason: 'aborted',
        stats: { ...stats, outputTokens: 9, reasoningTokens: 0, reasoningMs: 0 },
      }),
    ];
  }
  if (id === 'c6') {
    const { attachment, use } = sampleDocument(zh);
    return [
      {
        ...user(id, 'u1', null, zh ? '哪几周因为下雨停工？' : 'In which weeks did rain stop the work?'),
        attachments: [attachment],
      },
      assistant(id, 'a1', 'u1', zh ? '第 3 周和第 7 周的周四。' : 'On the Thursdays of weeks 3 and 7.', {
        documents: [use],
        stats: { ...stats, promptTokens: 912, outputTokens: 14, reasoningTokens: 0, reasoningMs: 0 },
      }),
    ];
  }
  if (id === 'c7') {
    return [
      {
        ...user(id, 'u1', null, zh ? '图里有几个苹果？' : 'How many apples are there?'),
        attachments: [samplePicture],
      },
      assistant(id, 'a1', 'u1', zh ? '有 3 个苹果。' : 'There are 3 apples.', {
        reasoning: zh ? '苹果：左上；右上；左下 → 3' : 'apple: top left; top right; bottom left → 3',
        stats: { ...stats, promptTokens: 74, outputTokens: 24, reasoningTokens: 16, reasoningMs: 25 },
      }),
    ];
  }
  if (id === 'c9') {
    return [
      user(id, 'u1', null, zh ? '画一张图，说明回答是怎样产生的。' : 'Draw how an answer is made.'),
      assistant(id, 'a1', 'u1', flow(zh), {
        stats: { ...stats, outputTokens: 142, reasoningTokens: 0, reasoningMs: 0 },
      }),
    ];
  }
  const messages: Message[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const parent = turn === 0 ? null : `a${turn - 1}`;
    messages.push(user(id, `u${turn}`, parent, sum));
    messages.push(assistant(id, `a${turn}`, `u${turn}`, '1113', { reasoning: additionReasoning }));
  }
  return messages;
}

export function sampleConversation(summary: ConversationSummary, language: 'en' | 'zh'): Conversation {
  const messages = sampleMessages(language, summary.id);
  return { ...summary, options: {}, leafId: messages.at(-1)?.id ?? null, messages };
}

/** A conversation of many turns, for measuring. */
export function longConversation(summary: ConversationSummary, count: number): Conversation {
  const messages: Message[] = [];
  for (let index = 0; index < count / 2; index += 1) {
    const parent = index === 0 ? null : `la${index - 1}`;
    messages.push(user(summary.id, `lu${index}`, parent, `Question ${index + 1}: what is 384 + ${index}?`));
    messages.push(
      assistant(summary.id, `la${index}`, `lu${index}`, index % 5 ? `It is ${384 + index}.` : richAnswer, {
        reasoning: additionReasoning,
      }),
    );
  }
  return { ...summary, options: {}, leafId: messages.at(-1)?.id ?? null, messages };
}
