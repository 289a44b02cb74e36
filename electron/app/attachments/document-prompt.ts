import type { Attachment } from '../../contract/conversations';
import type { DocumentUse, PassageRange, Ranking, RankRequest } from '../../contract/documents';
import { type EngineService, type LoadedModel, modelIdOf } from '../../contract/engine';
import { toErrorInfo } from '../../contract/errors';
import type { ChatMessage, ContentPart, GenerationRequest } from '../../contract/generation';
import type {
  CompletedRequest,
  CompleteRequest,
  DraftMessage,
  RequestDraft,
} from '../../contract/request-draft';

export interface DocumentPromptsOptions {
  readonly engine: Pick<EngineService, 'status' | 'countTokens' | 'of'>;
  /** The path of a document's text, made again where it was lost; rejects where the document is gone. */
  readonly textPath: (document: Attachment) => Promise<string>;
  /** The whole text, or as much of it as some bytes hold. */
  readonly readText: (path: string, bytes?: number) => Promise<string>;
  readonly rank: (request: RankRequest) => Promise<Ranking>;
}

/** No tokenizer packs more into a token, over a whole document: one that is longer by this measure need not be read to be counted. */
const MOST_CHARACTERS_A_TOKEN = 12;
const SAMPLE_BYTES = 100_000;
const MAX_SIZES = 1_000;
/** A follow-up ("and who signed it?") is looked for with the question before it, which counts less. */
const EARLIER_WEIGHT = 0.4;
const EARLIER_QUESTIONS = 2;

/** How a document stands in a prompt; see `completed`. */
interface Shown {
  readonly text: string;
  /** Absent where it is whole. */
  readonly use?: DocumentUse;
}

/**
 * Puts the texts of documents into requests, before the question they came with: whole where prompt and answer fit the model's context,
 * else the passages that suit the question best, as many as fit. What was left out is told, never cut in silence.
 */
export class DocumentPrompts {
  readonly #options: DocumentPromptsOptions;
  /** Tokens, by model and document. */
  readonly #sizes = new Map<string, number>();

  constructor(options: DocumentPromptsOptions) {
    this.#options = options;
  }

  /**
   * Where not even the rest fits without its documents, that request: the engine then says how much too long it is.
   *
   * @throws AppError when no model is loaded or a document is gone
   */
  complete: CompleteRequest = async (draft, signal, modelId) => {
    const documents = documentsIn(draft);
    if (documents.length === 0) return { request: completed(draft, new Map()), documents: [] };
    const least = this.least(draft);
    const tokens = await this.count(least, modelId);
    const room = this.#room(modelId);
    if (tokens <= room) {
      const whole = await this.#whole(draft, documents, room, modelId);
      if (whole) return { request: whole, documents: [] };
    }
    signal?.throwIfAborted();
    return this.#best(draft, documents, { room, modelId }, signal);
  };

  /**
   * Tokens of a document's text by the loaded model's tokenizer; of a long one estimated from its beginning. Kept, as a page asks with
   * every pause in typing.
   */
  async size(document: Attachment, modelId?: string): Promise<number> {
    const { textPath, readText, engine } = this.#options;
    const key = `${modelId ?? modelIdOf(engine.status())} ${document.sha256}`;
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const sample = await readText(await textPath(document), SAMPLE_BYTES);
    const prompt = (content: string): GenerationRequest => ({
      messages: [{ role: 'user', content: [{ type: 'text', text: content }] }],
      sampling: {},
      enableThinking: false,
    });
    const tokens = (await this.count(prompt(sample), modelId)) - (await this.count(prompt(''), modelId));
    const share = (document.characters ?? sample.length) / Math.max(1, sample.length);
    const size = Math.round(tokens * share);
    if (this.#sizes.size >= MAX_SIZES) this.#sizes.clear();
    this.#sizes.set(key, size);
    return size;
  }

  /** With the documents' names alone: the shortest that the request can become. */
  least(draft: RequestDraft): GenerationRequest {
    return completed(draft, new Map(documentsIn(draft).map(({ sha256 }) => [sha256, { text: '' }])));
  }

  /** A request that is too long for the model has a length as well. */
  async count(request: GenerationRequest, modelId?: string): Promise<number> {
    if (request.messages.length === 0) return 0;
    try {
      return await (this.#elsewhere(modelId) ?? this.#options.engine).countTokens(request);
    } catch (error) {
      const { code, details } = toErrorInfo(error);
      if (code === 'context-exceeded' && typeof details?.tokens === 'number') return details.tokens;
      throw error;
    }
  }

  /** What the prompt may take, so that an answer has room as well. */
  #room(modelId: string | undefined): number {
    const model = this.#model(modelId);
    if (!model) return 0;
    const { contextLength, manifest } = model;
    return contextLength - Math.min(manifest.maxOutputTokens, Math.floor(contextLength / 4));
  }

  #elsewhere(modelId: string | undefined) {
    return modelId === undefined ? null : (this.#options.engine.of?.(modelId) ?? null);
  }

  #model(modelId: string | undefined): LoadedModel | null {
    const elsewhere = this.#elsewhere(modelId);
    if (elsewhere) return elsewhere.model;
    const status = this.#options.engine.status();
    return status.state === 'ready' || status.state === 'unloaded' ? status.model : null;
  }

  async #whole(
    draft: RequestDraft,
    documents: readonly Attachment[],
    room: number,
    modelId: string | undefined,
  ): Promise<GenerationRequest | null> {
    const characters = documents.reduce((sum, document) => sum + (document.characters ?? 0), 0);
    if (characters > room * MOST_CHARACTERS_A_TOKEN) return null;
    const { textPath, readText } = this.#options;
    const shown = new Map<string, Shown>();
    for (const document of documents)
      shown.set(document.sha256, { text: await readText(await textPath(document)) });
    const request = completed(draft, shown);
    return (await this.count(request, modelId)) <= room ? request : null;
  }

  async #best(
    draft: RequestDraft,
    documents: readonly Attachment[],
    { room, modelId }: { readonly room: number; readonly modelId: string | undefined },
    signal: AbortSignal | undefined,
  ): Promise<CompletedRequest> {
    const { textPath, rank } = this.#options;
    const ranking = await rank({
      paths: await Promise.all(documents.map(textPath)),
      queries: queriesOf(draft),
      characters: room * MOST_CHARACTERS_A_TOKEN,
    });
    const withBest = (count: number) => {
      const shown = excerpts(documents, ranking, count);
      return {
        request: completed(draft, shown),
        documents: [...shown.values()].flatMap(({ use }) => use ?? []),
      };
    };
    // What has more passages is longer, so halving finds the most that fit.
    let fits = 0;
    let tooMany = ranking.best.length + 1;
    while (tooMany - fits > 1) {
      signal?.throwIfAborted();
      const middle = (fits + tooMany) >> 1;
      if ((await this.count(withBest(middle).request, modelId)) <= room) fits = middle;
      else tooMany = middle;
    }
    return withBest(fits);
  }
}

/** Each once, in the order of their first places. */
export function documentsIn({ messages }: RequestDraft): readonly Attachment[] {
  const found = new Map<string, Attachment>();
  for (const { content } of messages)
    for (const part of content)
      if (part.type === 'document' && !found.has(part.document.sha256))
        found.set(part.document.sha256, part.document);
  return [...found.values()];
}

/** The question, and those before it. */
function queriesOf({ messages }: RequestDraft): RankRequest['queries'] {
  const questions = messages.filter(({ role }) => role === 'user').map(textOf);
  return questions
    .slice(-1 - EARLIER_QUESTIONS)
    .reverse()
    .map((text, age) => ({ text, weight: age === 0 ? 1 : EARLIER_WEIGHT ** age }));
}

function textOf({ content }: DraftMessage): string {
  return content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
}

/** The `count` best passages in the order of the text, and "[…]" for what is between them. */
function excerpts(
  documents: readonly Attachment[],
  ranking: Ranking,
  count: number,
): ReadonlyMap<string, Shown> {
  const chosen = ranking.best.slice(0, count);
  return new Map(
    documents.map(({ sha256, name }, index): readonly [string, Shown] => {
      const own = chosen.filter(({ document }) => document === index).sort((a, b) => a.range[0] - b.range[0]);
      const text = own.reduce((all, passage, at) => {
        const before = own[at - 1];
        if (before === undefined) return passage.text;
        return `${all}${before.index + 1 === passage.index ? '\n' : '\n[…]\n'}${passage.text}`;
      }, '');
      const passages = ranking.passages[index] ?? 0;
      // A short one beside a long one is whole.
      if (own.length === passages) return [sha256, { text }];
      const used: readonly PassageRange[] = own.map(({ range }) => range);
      return [sha256, { text, use: { sha256, name, passages, used } }];
    }),
  );
}

function completed(draft: RequestDraft, shown: ReadonlyMap<string, Shown>): GenerationRequest {
  const seen = new Set<string>();
  const messages = draft.messages.map(({ content, ...message }): ChatMessage => {
    const media: ContentPart[] = [];
    const texts: string[] = [];
    for (const part of content) {
      if (part.type === 'text') texts.push(part.text);
      else if (part.type !== 'document') media.push(part);
      else if (!seen.has(part.document.sha256)) {
        // Sent again with a later message it is in the prompt already.
        seen.add(part.document.sha256);
        texts.push(block(part.document, shown.get(part.document.sha256) ?? { text: '' }));
      }
    }
    const hasDocument = content.some(({ type }) => type === 'document');
    if (!hasDocument) return { ...message, content: content as readonly ContentPart[] };
    return { ...message, content: [...media, { type: 'text', text: texts.filter(Boolean).join('\n\n') }] };
  });
  return { ...draft, messages };
}

/** Between tags that its own text cannot close. */
function block({ name }: Attachment, { text, use }: Shown): string {
  const label = name.replace(/["<>\n]/g, ' ');
  const part = use ? ` passages="${use.used.length} of ${use.passages}"` : '';
  const body = text.replace(/<(?=\/?document\b)/gi, '‹');
  return `<document name="${label}"${part}>\n${body}\n</document>`;
}
