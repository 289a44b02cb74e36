import type { ContentPart, GenerationRequest } from '../../electron/contract/generation';

const CAPITALS = [
  'France',
  'Japan',
  'Brazil',
  'Egypt',
  'Canada',
  'Kenya',
  'Norway',
  'Peru',
  'India',
  'Greece',
];
const WORDS = ['water', 'book', 'cat', 'mountain', 'tea', 'friend', 'moon', 'city', 'bread', 'music'];
const ASKS = ['Who are you?', 'How do I attach an image?', '你好', '你是谁？', 'Thanks!'];

/** A hundred questions of the kinds that nano answers, always the same, half of them with thinking: what `--compare` asks. */
export function comparisonRequests(): GenerationRequest[] {
  const sums = Array.from(
    { length: 30 },
    (_, i) => `What is ${(i * 7919 + 384) % 100_000} + ${(i * 104_729 + 729) % 100_000}?`,
  );
  const products = Array.from(
    { length: 20 },
    (_, i) => `${(i * 613 + 27) % 10_000} * ${(i * 37 + 12) % 1000} = ?`,
  );
  const capitals = CAPITALS.map((country) => `What is the capital of ${country}?`);
  const words = WORDS.flatMap((word) => [`Translate "${word}" to Chinese.`, `What does "${word}" mean?`]);
  const lists = Array.from(
    { length: 15 },
    (_, i) => `Sort: ${[5, 3, 9, 1].map((n) => (n * (i + 3)) % 97).join(', ')}`,
  );
  const questions = [...sums, ...products, ...capitals, ...words, ...lists, ...ASKS];
  return questions.map((text, i) => ({
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: { temperature: 0, maxTokens: 200 },
    enableThinking: i % 2 === 0,
  }));
}

/** A question about each picture; a recording (.wav) is the question itself. The path stands for the content. */
export function mediaRequests(paths: readonly string[]): GenerationRequest[] {
  return paths.map((path) => {
    const type = path.endsWith('.wav') ? 'audio' : 'image';
    const question: ContentPart[] =
      type === 'image' ? [{ type: 'text', text: 'What is in the picture?' }] : [];
    return {
      messages: [{ role: 'user', content: [{ type, path, sha256: path }, ...question] }],
      sampling: { temperature: 0, maxTokens: 200 },
      enableThinking: false,
    };
  });
}

/** A request whose answer repeats it, and that answer. */
export interface CopyTask {
  readonly name: string;
  readonly request: GenerationRequest;
  readonly text: string;
}

/** A list to copy, and JSON in which some values are to change. */
export function copyTasks(): CopyTask[] {
  const items = [...CAPITALS, ...WORDS].map((word, i) => `${i + 1}. ${word}, ${(i * 37 + 11) % 90} pieces`);
  const list = items.join('\n');
  const people = CAPITALS.map((country, i) => ({
    name: WORDS[i]!,
    country,
    age: 20 + ((i * 13) % 40),
    active: i % 3 === 0,
  }));
  const edited = people.map((person, i) => (i % 3 === 1 ? { ...person, age: person.age + 1 } : person));
  const json = (value: unknown) => JSON.stringify(value, null, 1);
  const asked = (text: string): GenerationRequest => ({
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: { temperature: 0, maxTokens: 1000 },
    enableThinking: false,
  });
  return [
    { name: 'copying a list', request: asked(`Copy this list.\n${list}`), text: list },
    {
      name: 'editing JSON',
      request: asked(`Every third is a year older.\n${json(people)}`),
      text: json(edited),
    },
  ];
}
