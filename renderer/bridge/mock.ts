import type {
  AppBridge,
  EventName,
  Events,
  RequestArguments,
  RequestHandlers,
  RequestName,
  RequestResult,
} from '../../electron/contract/api';
import type {
  AssistantMessage,
  Conversation,
  Message,
  StartedTurn,
  StartTurn,
  TurnEvent,
} from '../../electron/contract/conversations';
import type { EngineStatus, LoadedModel } from '../../electron/contract/engine';
import { AppError, type ErrorInfo } from '../../electron/contract/errors';
import type { Channel } from '../../electron/contract/generation';
import { initialSettings } from '../stores/initial-settings';
import { setFileStore } from './files';
import { mockConnectionList, mockConnections, mockRemoteModels, mockUsualRemote } from './mock-connections';
import {
  additionReasoning,
  assistant,
  loaded,
  longConversation,
  manifest,
  richAnswer,
  sampleConversation,
  sampleSummaries,
  stats,
  user,
} from './mock-data';
import { mockFiles } from './mock-files';
import { mockHub } from './mock-hub';
import { mockLibrary } from './mock-library';
import { mockModels } from './mock-models';
import { mockShell } from './mock-shell';
import { mockSpeech } from './mock-speech';
import { askingTurn, mockToolServers, mockTools, toolMessages } from './mock-tools';

/**
 * A scripted app for developing the page, for its screenshots and its tests. The address sets it up: `lang`, `theme`, `rate`
 * (tokens a second), `hold` (tokens after which an answer stands still), `long` (messages of the first conversation),
 * `engine` (loading, failed, stopped), `empty`, `lost`, `folders`, `handsfree` (its button is offered); `electron` plays a window of our own (mock-shell.ts).
 */
export function createMockBridge(query = new URLSearchParams(location.search)): AppBridge {
  const language = query.get('lang') === 'zh' ? 'zh' : 'en';
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const emit = <K extends EventName>(name: K, payload: Events[K]) => {
    for (const listener of listeners.get(name) ?? []) listener(payload as never);
  };

  setFileStore(mockFiles());
  let settings = {
    ...initialSettings,
    handsFree: query.has('handsfree'),
    serverEnabled: query.has('server'),
    toolServers: mockToolServers(query),
    connections: [...mockConnectionList(query)],
    language: language === 'zh' ? ('zh-CN' as const) : ('en' as const),
    theme: query.get('theme') === 'dark' ? ('dark' as const) : ('light' as const),
  };
  const conversations = new Map<string, Conversation>();
  for (const summary of query.has('empty') ? [] : sampleSummaries(language, Date.now())) {
    const long = summary.id === 'c0' ? Number(query.get('long') ?? 0) : 0;
    conversations.set(
      summary.id,
      long ? longConversation(summary, long) : sampleConversation(summary, language),
    );
  }
  const withTools = query.has('tools') ? conversations.get('c5') : undefined;
  if (withTools) {
    const messages = toolMessages(language, withTools.id);
    conversations.set(withTools.id, { ...withTools, messages, leafId: messages.at(-1)?.id ?? null });
  }
  const status = engineStatus(query);
  const running = new Map<string, () => void>();
  let counter = 1;

  const find = (id: string): Conversation => {
    const conversation = conversations.get(id);
    if (!conversation) throw new AppError('not-found', `No conversation ${id}.`);
    return conversation;
  };
  const change = (conversation: Conversation) => {
    conversations.set(conversation.id, conversation);
    const { messages: _messages, options: _options, leafId: _leafId, ...summary } = conversation;
    emit('conversation.changed', summary);
    return summary;
  };

  function startTurn(turn: StartTurn): StartedTurn {
    const conversation =
      turn.conversationId === null
        ? newConversation(turn.kind === 'send' ? turn.text : '')
        : find(turn.conversationId);
    const made: Message[] = [];
    let answer: AssistantMessage;
    if (turn.kind === 'continue') {
      const known = conversation.messages.find(({ id }) => id === turn.messageId);
      if (known?.role !== 'assistant') throw new AppError('not-found', 'No such answer.');
      answer = { ...known, state: 'streaming', error: null };
    } else {
      let parentId: string;
      if (turn.kind === 'send') {
        const question = {
          ...user(conversation.id, `m${counter++}`, turn.parentId, turn.text),
          attachments: turn.attachments,
        };
        made.push(question);
        parentId = question.id;
      } else {
        parentId = conversation.messages.find(({ id }) => id === turn.messageId)?.parentId ?? '';
      }
      answer = assistant(conversation.id, `m${counter++}`, parentId, '', {
        state: 'pending',
        stats: null,
        finishReason: null,
        thinking: turn.thinking,
      });
    }
    made.push(answer);
    const kept = conversation.messages.filter(({ id }) => !made.some((message) => message.id === id));
    change({ ...conversation, messages: [...kept, ...made], leafId: answer.id, updatedAt: Date.now() });
    const turnId = `t${counter++}`;
    setTimeout(() => stream(turnId, answer), 60);
    return { turnId, conversationId: conversation.id, messages: made };
  }

  function newConversation(text: string): Conversation {
    const now = Date.now();
    const conversation: Conversation = {
      id: `n${counter++}`,
      title: text.slice(0, 60),
      titleIsManual: false,
      createdAt: now,
      updatedAt: now,
      pinned: false,
      archived: false,
      folderId: null,
      deletedAt: null,
      options: {},
      leafId: null,
      messages: [],
    };
    conversations.set(conversation.id, conversation);
    return conversation;
  }

  function stream(turnId: string, answer: AssistantMessage): void {
    const rate = Number(query.get('rate') ?? 120);
    const hold = Number(query.get('hold') ?? Number.POSITIVE_INFINITY);
    const answerText =
      query.has('rich') || rate > 250
        ? richAnswer.repeat(Number(query.get('rich') || 1))
        : '384 + 729 = **1113**.';
    const pieces: [Channel, string][] = [];
    if (answer.thinking)
      for (const text of additionReasoning.match(/.{1,3}|\n/g) ?? []) pieces.push(['reasoning', text]);
    for (const text of answerText.match(/[\s\S]{1,4}/g) ?? []) pieces.push(['answer', text]);
    const ids = { turnId, conversationId: answer.conversationId, messageId: answer.id };
    let seq = 0;
    let reasoning = answer.reasoning;
    let text = answer.text;
    const send = (event: Pick<TurnEvent, never> & Record<string, unknown>) =>
      emit('turn.event', { ...ids, seq: ++seq, ...event } as TurnEvent);
    send({ type: 'started', promptTokens: 18 });
    const begun = performance.now();
    let sent = 0;
    const finish = (state: 'done' | 'stopped') => {
      clearInterval(timer);
      running.delete(turnId);
      const message: AssistantMessage = {
        ...answer,
        state,
        reasoning,
        text,
        finishReason: state === 'done' ? 'stop' : 'aborted',
        stats: { ...stats, outputTokens: sent, totalMs: performance.now() - begun },
      };
      const conversation = find(answer.conversationId);
      const messages = conversation.messages.map((known) => (known.id === message.id ? message : known));
      change({ ...conversation, messages });
      send({ type: 'finished', message });
    };
    const timer = setInterval(() => {
      const due = Math.min(pieces.length, hold, Math.floor(((performance.now() - begun) / 1000) * rate));
      for (; sent < due; sent += 1) {
        const [channel, piece] = pieces[sent] ?? ['answer', ''];
        if (channel === 'reasoning') reasoning += piece;
        else text += piece;
        send({ type: 'delta', channel, text: piece, tokens: 1 });
      }
      if (sent >= pieces.length) finish('done');
    }, 10);
    running.set(turnId, () => finish('stopped'));
  }

  const handlers: RequestHandlers = {
    'app.info': () => ({
      version: '0.1.0',
      host: query.has('electron') ? 'electron' : 'browser',
      platform: 'linux',
      versions: { system: 'Linux 6.12 x64', node: '20.20.2', electron: '45.4.1', chromium: '152.0' },
      dataFolder: '~/.local/share/autoglm-desktop',
      notices: [],
    }),
    ...mockLibrary(query, conversations, emit),
    ...mockShell(query, emit),
    ...mockModels(query, emit, () => settings),
    ...mockHub(query),
    ...mockTools(query, () => settings.toolServers, emit),
    ...mockConnections(
      query,
      () => settings,
      (change) => {
        settings = { ...settings, ...change } as typeof settings;
        emit('settings.changed', settings);
      },
      emit,
    ),
    'data.deleteAll': () => conversations.clear(),
    'conversations.list': () =>
      [...conversations.values()]
        .filter(({ deletedAt }) => !deletedAt)
        .sort((a, b) => b.updatedAt - a.updatedAt),
    'conversations.get': find,
    'conversations.update': (id, update) =>
      change({
        ...find(id),
        ...update,
        ...(update.title !== undefined && { titleIsManual: true }),
      } as Conversation),
    'conversations.delete': (ids) => {
      for (const id of ids) {
        conversations.set(id, { ...find(id), deletedAt: Date.now() });
        emit('conversation.removed', { id });
      }
    },
    'conversations.restore': (ids) => {
      for (const id of ids) change({ ...find(id), deletedAt: null });
    },
    'conversations.search': (text) =>
      [...conversations.values()].flatMap((conversation) =>
        conversation.messages
          .filter((message) => message.text.toLowerCase().includes(text.toLowerCase()))
          .slice(0, 2)
          .map((message) => ({
            conversationId: conversation.id,
            messageId: message.id,
            title: conversation.title,
            snippet: message.text
              .slice(0, 120)
              .replace(new RegExp(text.replace(/[^\p{L}\p{N} ]/gu, ''), 'i'), (hit) => `\uE000${hit}\uE001`),
          })),
      ),
    'conversations.selectBranch': (id, messageId) => {
      const conversation = find(id);
      let leafId = messageId;
      for (;;) {
        const child = conversation.messages.findLast(({ parentId }) => parentId === leafId);
        if (!child) break;
        leafId = child.id;
      }
      const next = { ...conversation, leafId };
      conversations.set(id, next);
      return next;
    },
    'turns.start': startTurn,
    'turns.stop': (turnId) => running.get(turnId)?.(),
    'turns.attach': (id) => {
      const answer = find(id).messages.at(-1);
      const asks = query.get('tools') === 'asking' && id === 'c5' && answer?.role === 'assistant';
      return asks ? askingTurn(language, answer) : null;
    },
    'settings.get': () => settings,
    'settings.update': (update) => {
      settings = { ...settings, ...update } as typeof settings;
      emit('settings.changed', settings);
      return settings;
    },
    'models.list': () => (query.get('engine') === 'stopped' ? [] : [manifest, ...mockRemoteModels(settings)]),
    'models.problems': () => [],
    'models.load': () => emit('engine.status', { state: 'ready', model: loaded }),
    'engine.status': () => status,
    ...mockSpeech(language),
    'models.prepare': () => {},
    'models.usual': () => mockUsualRemote(query) ?? manifest.id,
    'context.measure': ({ conversationId, text, options }) => {
      const messages = conversationId === null ? [] : find(conversationId).messages;
      const limit = Number(query.get('context') ?? (query.has('long') ? 100_000 : loaded.contextLength));
      const size = (from: number) =>
        Math.ceil(
          messages.slice(from).reduce((sum, message) => sum + Math.ceil(message.text.length / 4), 12) +
            text.length / 4,
        );
      const start = Math.max(
        0,
        messages.findIndex(({ id }) => id === options?.contextFrom),
      );
      const tokens = size(start);
      const fits = messages.findIndex(
        ({ role }, index) => index > start && role === 'user' && size(index) < limit,
      );
      return { tokens, limit, fitsFrom: tokens < limit ? null : (messages[fits]?.id ?? null) };
    },
  };

  return {
    async request<K extends RequestName>(name: K, ...args: RequestArguments<K>): Promise<RequestResult<K>> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const handler = handlers[name] as (...values: RequestArguments<K>) => RequestResult<K>;
      return structuredClone(await handler(...args));
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    onConnection(listener) {
      listener('open');
      if (query.has('lost')) setTimeout(() => listener('lost'), 300);
      return () => {};
    },
  };
}

/** Where there is a card, it is used as soon as its libraries are there. */
function runsOn(query: URLSearchParams): Partial<LoadedModel> {
  if (Number(query.get('gpu') ?? 0) === 0) return {};
  if (query.get('cuda') !== 'absent') {
    return { provider: 'cuda', device: { kind: 'card', name: 'NVIDIA GeForce RTX 4060' }, passedOver: [] };
  }
  const error: ErrorInfo = {
    code: 'provider-unavailable',
    message: 'ONNX Runtime’s CUDA provider is not installed.',
    details: { kind: 'cuda-provider-missing' },
  };
  return { passedOver: [{ provider: 'cuda', error }] };
}

function engineStatus(query: URLSearchParams): EngineStatus {
  const state = query.get('engine');
  const contextLength = query.has('long') ? 100_000 : loaded.contextLength;
  if (state === 'loading') return { state: 'loading', modelId: manifest.id, phase: 'read', fraction: 0.62 };
  if (state === 'failed') {
    return {
      state: 'failed',
      modelId: manifest.id,
      error: {
        code: 'model-damaged',
        message:
          'weights.data does not match its sha256 (expected 3f9a…, found 81c2…). Install the model again.',
        details: { kind: 'model-file-checksum', file: 'weights.data' },
      },
    };
  }
  if (state === 'stopped') return { state: 'stopped' };
  const takesTools = query.has('tools') && query.get('tools') !== 'unable';
  return { state: 'ready', model: { ...loaded, ...runsOn(query), contextLength, takesTools } };
}
