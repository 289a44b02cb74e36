import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GenerationEvent, GenerationRequest, GenerationStats } from '../../electron/contract/generation';
import type { DraftChecker, FamilyModel, Prompt, Sequence } from '../../electron/engine/families/family';
import { findFamily } from '../../electron/engine/families/registry';
import type { Backend } from '../../electron/engine/ort/backend';
import { measureMargin } from '../../electron/engine/runtime/drift';
import { Generation, type GenerationContext } from '../../electron/engine/runtime/generation';
import { readManifest } from '../../electron/engine/runtime/package';
import { Tokenizer } from '../../electron/engine/tokenizer/tokenizer';
import { openBackend } from './backends';
import type { MeasureOptions } from './measure';
import { type CopyTask, comparisonRequests, copyTasks } from './prompts';
import { spread } from './spread';

type Spread = ReturnType<typeof spread>;

/** Plain writing against writing with drafts, tokens per second; the ratio is of rounds in turn, minute for minute. */
export interface DraftingFigures {
  readonly text: string;
  readonly tokens: number;
  readonly plain: Spread;
  readonly drafting: Spread;
  readonly ratio: Spread;
  /** The same in time of the processors, which other work on the machine touches least; of a CPU's rows alone. */
  readonly cpuTimeRatio: Spread;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  /** Answers of which every token is the same both ways, of how many. */
  readonly same: string;
}

interface Answer {
  readonly tokens: readonly number[];
  readonly stats: GenerationStats;
  /** Of the tokens after the first, ms. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * Every text both ways, `rounds` times in turn, and once before that does not count. Empty where the model cannot check drafts.
 *
 * @param prompts how many ordinary questions at most.
 */
export async function measureDrafting(
  options: MeasureOptions,
  rounds: number,
  prompts?: number,
): Promise<DraftingFigures[]> {
  const writer = await Writer.open(options);
  if (!writer) return [];
  try {
    const questions = comparisonRequests()
      .filter((_, i) => i % 4 < 2)
      .slice(0, prompts);
    const figures = [await compare(writer, 'ordinary questions', rounds, questions)];
    for (const task of copyTasks())
      figures.push(await compare(writer, task.name, rounds, [task.request], task));
    return figures;
  } finally {
    writer.dispose();
  }
}

async function compare(
  writer: Writer,
  text: string,
  rounds: number,
  requests: readonly GenerationRequest[],
  task?: CopyTask,
): Promise<DraftingFigures> {
  const [plain, drafting]: Answer[][] = [[], []];
  let same = 0;
  let last: readonly Answer[] = [];
  const speeds: { plain: number; drafting: number; wall: number; cpu: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    plain!.length = 0;
    drafting!.length = 0;
    for (const [i, request] of requests.entries()) {
      // Each way is the first as often as the second.
      for (const drafts of (round + i) % 2 ? [true, false] : [false, true]) {
        (drafts ? drafting! : plain!).push(await writer.write(request, drafts, task?.text));
      }
    }
    const sum = (answers: readonly Answer[], of: 'wallMs' | 'cpuMs') =>
      answers.reduce((all, one) => all + one[of], 0);
    const steps = plain!.reduce((all, { tokens }) => all + tokens.length - 1, 0);
    const [wall, draftWall] = [sum(plain!, 'wallMs'), sum(drafting!, 'wallMs')];
    if (round === 0)
      same = plain!.filter((one, i) => one.tokens.join() === drafting![i]!.tokens.join()).length;
    else {
      speeds.push({
        plain: (1000 * steps) / wall,
        drafting: (1000 * steps) / draftWall,
        wall: wall / draftWall,
        cpu: sum(plain!, 'cpuMs') / sum(drafting!, 'cpuMs'),
      });
    }
    last = [...drafting!];
  }
  const total = (of: 'draftTokens' | 'acceptedTokens') =>
    last.reduce((all, { stats }) => all + (stats[of] ?? 0), 0);
  return {
    text,
    tokens: last.reduce((all, { tokens }) => all + tokens.length, 0),
    plain: spread(speeds.map((one) => one.plain)),
    drafting: spread(speeds.map((one) => one.drafting)),
    ratio: spread(speeds.map((one) => one.wall)),
    cpuTimeRatio: spread(speeds.map((one) => one.cpu)),
    draftTokens: total('draftTokens'),
    acceptedTokens: total('acceptedTokens'),
    same: `${same} of ${requests.length}`,
  };
}

/** One model that writes either way, by the engine's own generation loop. */
class Writer {
  readonly #model: FamilyModel;
  readonly #sequence: Sequence;
  readonly #backend: Backend;
  readonly #tokenizer: Tokenizer;
  readonly #eos: ReadonlySet<number>;
  readonly #margin: number;

  private constructor(
    backend: Backend,
    model: FamilyModel,
    sequence: Sequence,
    tokenizer: Tokenizer,
    eos: ReadonlySet<number>,
    margin: number,
  ) {
    this.#backend = backend;
    this.#model = model;
    this.#sequence = sequence;
    this.#tokenizer = tokenizer;
    this.#eos = eos;
    this.#margin = margin;
  }

  static async open({
    model: folder,
    provider,
    threads,
    ...options
  }: MeasureOptions): Promise<Writer | null> {
    const manifest = await readManifest(folder);
    const tokenizer = await Tokenizer.read(join(folder, manifest.tokenizer));
    const backend = openBackend(provider, options.tuning, threads);
    const contextLength = options.contextLength ?? manifest.contextLength;
    const model = await findFamily(manifest.family).open({
      folder,
      manifest,
      tokenizer,
      backend,
      contextLength,
    });
    const sequence = model.createSequence();
    await sequence.prefill(await model.prompt(comparisonRequests()[0]!));
    const margin = await measureMargin(sequence);
    if (margin === null) {
      for (const used of [sequence, model, backend]) used.dispose();
      return null;
    }
    return new Writer(backend, model, sequence, tokenizer, new Set(manifest.tokens.eos), margin);
  }

  /** @param text what is written whatever the model would choose, at the cost of its choosing. */
  async write(request: GenerationRequest, drafts: boolean, text?: string): Promise<Answer> {
    const tokens: number[] = [];
    const events: GenerationEvent[] = [];
    const script = text === undefined ? null : [...this.#tokenizer.encode(text), [...this.#eos][0] as number];
    const sequence = script ? new ScriptedSequence(this.#sequence, script) : this.#sequence;
    let [started, processor] = [0, 0];
    const context: GenerationContext = {
      tokenizer: this.#tokenizer,
      eos: this.#eos,
      tags: null,
      answerTags: null,
      defaults: {},
      maxOutputTokens: 1000,
      provider: this.#backend.provider,
      device: this.#backend.device,
      precision: '',
      peakMemory: () => 0,
      draftMargin: drafts ? this.#margin : null,
    };
    const prompt: Prompt = await this.#model.prompt(request);
    const onToken = (id: number) => {
      if (tokens.push(id) === 1) [started, processor] = [performance.now(), cpuMs()];
    };
    const emit = (event: GenerationEvent) => void events.push(event);
    const generation = new Generation(context, request, prompt, new AbortController().signal, {
      emit,
      onToken,
    });
    await generation.start(sequence);
    while (!generation.ended) {
      await generation.advance(sequence);
      await nextTurn();
    }
    const last = events.at(-1);
    if (last?.type !== 'finished') throw new Error('An answer did not finish.');
    return { tokens, stats: last.stats, wallMs: performance.now() - started, cpuMs: cpuMs() - processor };
  }

  dispose(): void {
    this.#sequence.dispose();
    this.#model.dispose();
    this.#backend.dispose();
  }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * A model's own runs, but the tokens are given: nano cannot copy a list, and what copying costs depends on the text alone. Whoever reads
 * the logits gets the model's, with the given token far ahead.
 */
class ScriptedSequence implements Sequence {
  readonly drafts: DraftChecker | null;
  readonly #inner: Sequence;
  readonly #script: readonly number[];
  #at = 0;
  #checkedFrom = 0;

  constructor(inner: Sequence, script: readonly number[]) {
    this.#inner = inner;
    this.#script = script;
    const drafts = inner.drafts ?? null;
    this.drafts = drafts && {
      sizes: drafts.sizes,
      run: (tokens) => {
        this.#checkedFrom = this.#at + 1;
        this.#at += tokens.length;
        return drafts.run(tokens);
      },
      logits: (i) => this.#ahead(drafts.logits(i), this.#checkedFrom + i),
      rewind: (rows) => {
        this.#at -= rows;
        drafts.rewind(rows);
      },
    };
  }

  get room(): number {
    return this.#inner.room;
  }

  holds(prompt: Prompt): boolean {
    return this.#inner.holds(prompt);
  }

  prefill(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    this.#at = 0;
    return this.#inner.prefill(prompt, signal);
  }

  step(token: number): void | Promise<void> {
    this.#at++;
    return this.#inner.step(token);
  }

  greedy(): number {
    this.#inner.greedy();
    return this.#tokenAt(this.#at);
  }

  logits(): Float32Array {
    return this.#ahead(this.#inner.logits(), this.#at);
  }

  dispose(): void {}

  #ahead(logits: Float32Array, at: number): Float32Array {
    logits[this.#tokenAt(at)] = 1e4;
    return logits;
  }

  #tokenAt(at: number): number {
    return this.#script[Math.min(at, this.#script.length - 1)] as number;
  }
}
