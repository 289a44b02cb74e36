import type { ContentPart, GenerationRequest } from '../../electron/contract/generation';
import { readSound } from '../../electron/engine/media/sound-file';
import { CudaBackend } from '../../electron/engine/ort/cuda-backend';
import type { CudaTuning } from '../../electron/engine/ort/cuda-tuning';
import { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { type Line, scoreLine } from './sets';

/** One process of the pool: loads a package, on CUDA where it is given settings for it, then answers what it is sent until its parent lets go. */

export interface Task {
  readonly index: number;
  readonly line: Line;
  readonly thinking: boolean;
  readonly maxTokens: number;
  /** Of transcripts; absent: the engine's own. */
  readonly beamWidth?: number;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'outcome';
      readonly index: number;
      readonly outcome: {
        readonly answer: string;
        readonly reasoning: string;
        readonly right: number;
        readonly of: number;
        readonly tokens: number;
      };
    }
  | { readonly type: 'failed'; readonly reason: string };

const send = (message: WorkerMessage): void => void process.send?.(message);

async function answer(
  model: LoadedModel,
  { index, line, thinking, maxTokens, beamWidth }: Task,
): Promise<WorkerMessage> {
  if (!line.messages) {
    const transcript = await model.transcribe(await readSound(line.audio?.[0] ?? ''), { beamWidth });
    const text = { reasoning: '', answer: transcript };
    const tokens = model.tokenizer.encode(transcript).length;
    return { type: 'outcome', index, outcome: { ...text, ...scoreLine(line, transcript), tokens } };
  }
  // The path stands for the content: the sets do not change meanwhile.
  const media = [
    ...(line.images ?? []).map((file): ContentPart => ({ type: 'image', path: file, sha256: file })),
    ...(line.audio ?? []).map((file): ContentPart => ({ type: 'audio', path: file, sha256: file })),
  ];
  const last = line.messages.length - 1;
  const request: GenerationRequest = {
    messages: line.messages.map(({ role, content }, i) => ({
      role,
      content: [...(i === last ? media : []), { type: 'text', text: content }],
    })),
    sampling: { temperature: 0, maxTokens },
    enableThinking: thinking,
  };
  const text = { reasoning: '', answer: '' };
  let tokens = 0;
  for await (const event of model.generate(request)) {
    if (event.type === 'delta') text[event.channel] += event.text;
    else if (event.type === 'failed') return { type: 'failed', reason: `${line.id}: ${event.error.message}` };
    else if (event.type === 'finished') tokens = event.stats.outputTokens;
  }
  return { type: 'outcome', index, outcome: { ...text, ...scoreLine(line, text.answer), tokens } };
}

async function main(folder: string, tuning: string | undefined): Promise<void> {
  const backend = tuning ? CudaBackend.open(0, JSON.parse(tuning) as Partial<CudaTuning>) : undefined;
  const provider = backend ? 'cuda' : 'cpu';
  const model = await LoadedModel.load(folder, { provider, backend, threads: 1, maxSequences: 1 });
  process.on('message', (task: Task) => {
    answer(model, task).then(send, (error: unknown) => send({ type: 'failed', reason: String(error) }));
  });
  process.on('disconnect', () => {
    void model.dispose().then(() => process.exit(0));
  });
  send({ type: 'ready' });
}

main(process.argv[2] ?? '', process.argv[3]).catch((error: unknown) => {
  send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
});
