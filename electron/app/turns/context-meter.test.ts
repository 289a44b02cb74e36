import { describe, expect, it } from 'vitest';
import type { ContextDraft } from '../../contract/api';
import type { ConversationOptions, Message } from '../../contract/conversations';
import type { EngineStatus, LoadedModel } from '../../contract/engine';
import { AppError } from '../../contract/errors';
import type { GenerationRequest } from '../../contract/generation';
import { defaultSettings } from '../../contract/settings';
import { imageFile } from '../../contract/testing/messages';
import { DocumentPrompts } from '../attachments/document-prompt';
import { manifest } from '../testing/manifest';
import { ContextMeter } from './context-meter';

const WORD = 10;

/** A conversation of `exchanges` questions and answers of ten tokens each; an image takes a hundred. */
function setup({
  exchanges = 0,
  limit = 100,
  options = {} as ConversationOptions,
  state = 'ready' as 'ready' | 'unloaded' | 'stopped',
  loaded = 'nano',
  tools = 0,
  takesTools = true,
} = {}) {
  const messages = Array.from({ length: exchanges * 2 }, (_, index) => ({
    id: `m${index}`,
    conversationId: 'c',
    parentId: index === 0 ? null : `m${index - 1}`,
    role: index % 2 === 0 ? 'user' : 'assistant',
    text: 'text',
    attachments: [],
  })) as unknown as Message[];
  const asked: GenerationRequest[] = [];
  const model = {
    manifest: { ...manifest(loaded), maxOutputTokens: 20 },
    contextLength: limit,
    takesTools,
  } as unknown as LoadedModel;
  const status: EngineStatus = state === 'stopped' ? { state } : { state, model };
  const engine = {
    status: () => status,
    countTokens: async (request: GenerationRequest) => {
      asked.push(request);
      const parts = request.messages.flatMap(({ content }) => content);
      const told = (request.toolUse?.tools.length ?? 0) * WORD;
      const tokens = parts.reduce((sum, { type }) => sum + (type === 'image' ? 100 : WORD), told);
      if (tokens >= limit) throw new AppError('context-exceeded', 'Too long.', { tokens, limit });
      return tokens;
    },
  };
  const meter = new ContextMeter({
    conversations: { get: () => ({ id: 'c', options, messages }) as never },
    engine,
    documents: new DocumentPrompts({ engine, ...noDocuments }),
    tools: {
      withTools: (request) => ({
        ...request,
        ...(tools > 0 && {
          toolUse: {
            tools: Array.from({ length: tools }, (_, index) => ({ name: `t${index}` })),
            choice: 'auto' as const,
            parallel: true,
          },
        }),
      }),
    },
    modelFor: ({ modelId }) => modelId ?? 'nano',
    settings: () => defaultSettings,
    attachmentPath: (sha256) => `/files/${sha256}`,
  });
  const draft: ContextDraft = {
    conversationId: exchanges > 0 ? 'c' : null,
    leafId: messages.at(-1)?.id ?? null,
    text: '',
    attachments: [],
  };
  return { meter, draft, asked };
}

const gone = () => Promise.reject(new Error('There are no documents.'));
const noDocuments = { textPath: gone, readText: gone, rank: gone };

const image = imageFile();

describe('ContextMeter', () => {
  it('counts what the model is told of tools, where it can call any', async () => {
    const { meter, draft } = setup({ exchanges: 1, limit: 1_000, tools: 5 });
    expect(await meter.measure(draft)).toMatchObject({ tokens: 70, tools: { count: 5, tokens: 50 } });
    const deaf = setup({ exchanges: 1, limit: 1_000, tools: 5, takesTools: false });
    expect(await deaf.meter.measure(deaf.draft)).toEqual({ tokens: 20, limit: 1_000, fitsFrom: null });
  });

  it('counts the branch with the draft, and the images waiting in it', async () => {
    const { meter, draft } = setup({ exchanges: 2, limit: 1_000 });
    expect(await meter.measure(draft)).toEqual({ tokens: 40, limit: 1_000, fitsFrom: null });
    expect(await meter.measure({ ...draft, text: 'more' })).toMatchObject({ tokens: 50 });
    expect(await meter.measure({ ...draft, attachments: [image] })).toMatchObject({ tokens: 140 });
  });

  it('asks nothing of the engine where there is nothing', async () => {
    const { meter, draft, asked } = setup();
    expect(await meter.measure(draft)).toEqual({ tokens: 0, limit: 100, fitsFrom: null });
    expect(asked).toEqual([]);
  });

  it('says from which question on a long conversation fits, with room for an answer', async () => {
    const { meter, draft, asked } = setup({ exchanges: 100, limit: 200 });
    // Of 200 tokens 20 are the answer's: 17 messages and the draft, so 16 from a question on.
    expect(await meter.measure({ ...draft, text: 'and?' })).toEqual({
      tokens: 2_010,
      limit: 200,
      fitsFrom: 'm184',
    });
    expect(asked.length).toBeLessThan(12);
  });

  it('says so where not even the last exchange fits', async () => {
    const { meter, draft } = setup({ exchanges: 3, limit: 100 });
    expect(await meter.measure({ ...draft, attachments: [image] })).toMatchObject({
      tokens: 160,
      fitsFrom: null,
    });
  });

  it('leaves out what the user left out', async () => {
    const { meter, draft } = setup({ exchanges: 10, limit: 100, options: { contextFrom: 'm16' } });
    expect(await meter.measure(draft)).toEqual({ tokens: 40, limit: 100, fitsFrom: null });
    const { meter: other, draft: its } = setup({
      exchanges: 2,
      limit: 100,
      options: { contextFrom: 'gone' },
    });
    expect(await other.measure(its)).toMatchObject({ tokens: 40 });
  });

  it('knows nothing while another model is loaded, or none', async () => {
    const other = setup({ exchanges: 1, options: { modelId: 'glm' } });
    expect(await other.meter.measure(other.draft)).toBeNull();
    const none = setup({ exchanges: 1, state: 'stopped' });
    expect(await none.meter.measure(none.draft)).toBeNull();
  });

  it('lets a model rest until something is written', async () => {
    const { meter, draft, asked } = setup({ exchanges: 1, state: 'unloaded' });
    expect(await meter.measure(draft)).toBeNull();
    expect(asked).toEqual([]);
    expect(await meter.measure({ ...draft, text: 'x' })).toMatchObject({ tokens: 30 });
  });
});
