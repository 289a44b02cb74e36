import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AssistantMessage } from '../../contract/conversations';
import { defaultSettings, type Settings } from '../../contract/settings';
import { type CalledTool, MAX_CALLS_A_ROUND, MAX_TOOL_ROUNDS, type ToolInfo } from '../../contract/tools';
import { Folders } from '../conversations/folders';
import { Transfer } from '../conversations/transfer';
import { FakeMcpProcess, toolInfo, toolServer } from '../testing/mcp-process';
import { type ScriptedRun, stats } from '../testing/scripted-engine';
import { temporaryHome } from '../testing/temporary-home';
import { send, setup } from '../testing/turns';
import { SignIns } from './sign-ins';
import { ToolDesk } from './tool-desk';

/** Turns whose model may call the tools of one server, whose process the test plays. */
function setupTools({
  tools = [toolInfo('add'), toolInfo('look', { readOnly: true })],
  settings: given = {},
}: {
  readonly tools?: readonly ToolInfo[];
  readonly settings?: Partial<Settings>;
} = {}) {
  let settings: Settings = { ...defaultSettings, toolServers: [toolServer('files')], ...given };
  const mcp = new FakeMcpProcess();
  mcp.tools = { files: tools };
  const desk = new ToolDesk({
    spawn: () => mcp,
    keepImage: async () => null,
    signIns: new SignIns(join(temporaryHome(), 'sign-ins.json'), () => {}),
    settings: () => settings,
    updateSettings: (change) => {
      settings = { ...settings, ...change };
      desk.follow(settings);
    },
    changed: () => {},
    log: () => {},
  });
  desk.follow(settings);
  const around = setup({}, { tools: desk });
  const calls = (): readonly CalledTool[] => {
    const known = new Map<string, CalledTool>();
    for (const event of around.events) if (event.type === 'tool') known.set(event.call.id, event.call);
    return [...known.values()];
  };
  const until = async (state: CalledTool['state']): Promise<CalledTool> => {
    for (;;) {
      const found = calls().find((call) => call.state === state);
      if (found) return found;
      await tick();
    }
  };
  const consent = (turnId: string, callId: string, answer: 'once' | 'always' | 'deny') =>
    desk.handlers['tools.consent'](turnId, callId, answer);
  return { ...around, desk, mcp, calls, until, consent, settings: () => settings };
}

const call = (run: ScriptedRun, name: string, args = '{"a":1}', index = 0) => {
  // As the engine's, unlike any before.
  const id = `${run.request.messages.length}-${name}-${index}`;
  run.send({ type: 'tool-call', index, id, name, arguments: '' });
  run.send({ type: 'tool-call', index, arguments: args });
};
const finish = (run: ScriptedRun) => run.send({ type: 'finished', reason: 'stop', stats });

describe('an answer that calls a tool', () => {
  it('asks, calls, and goes on with the result; all of it is one answer that is kept', async () => {
    const { turns, nextRun, until, consent, finished, events, answerIn, mcp, conversations, database } =
      setupTools();
    const { turnId, conversationId } = turns.start(send('Add.'));
    const first = await nextRun();
    expect(first.request.toolUse).toMatchObject({
      choice: 'auto',
      tools: [{ name: 'add' }, { name: 'look' }],
    });
    first.send({ type: 'started', promptTokens: 9 });
    first.say('I shall think.', 'reasoning');
    first.say('Let me add.');
    call(first, 'add');
    finish(first);
    const asking = await until('asking');
    expect(asking).toMatchObject({
      tool: 'add',
      server: 'files',
      arguments: '{"a":1}',
      textBefore: 11,
      reasoningBefore: 14,
      readOnly: false,
    });
    expect(mcp.sent('call')).toEqual([]);
    consent(turnId, asking.id, 'once');

    const second = await nextRun();
    expect(mcp.sent('call')).toMatchObject([{ server: 'files', tool: 'add', arguments: { a: 1 } }]);
    expect(second.request.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'text', text: 'Let me add.' }],
        toolCalls: [{ id: '1-add-0', name: 'add', arguments: '{"a":1}' }],
      },
      { role: 'tool', toolCallId: '1-add-0', content: [{ type: 'text', text: 'add says hello' }] },
    ]);
    second.send({ type: 'started', promptTokens: 30 });
    second.say('Now I know.', 'reasoning');
    second.say('It is 2.');
    finish(second);

    const message = await finished();
    expect(message).toMatchObject({
      state: 'done',
      text: 'Let me add.\n\nIt is 2.',
      reasoning: 'I shall think.\n\nNow I know.',
      stats: { outputTokens: 2 * stats.outputTokens },
      toolCalls: [{ state: 'done', result: { text: 'add says hello' }, durationMs: expect.any(Number) }],
    });
    expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
    expect(answerIn(conversationId)).toEqual(message);
    // A file of conversations has the calls, and gives them back.
    const transfer = new Transfer({
      database,
      messages: conversations.messages,
      folders: new Folders(database, () => {}),
      removal: conversations.removal,
    });
    const { id: copy } = await transfer.duplicate(conversationId, 'Copy');
    expect((conversations.get(copy).messages.at(-1) as AssistantMessage).toolCalls).toEqual(
      message.toolCalls,
    );

    turns.start(send('And then?', { conversationId, parentId: message.id }));
    const later = await nextRun();
    expect(later.request.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    expect(later.request.messages[3]?.content).toEqual([{ type: 'text', text: 'It is 2.' }]);
  });

  it('that is denied tells the model so, and nothing is called', async () => {
    const { turns, nextRun, until, consent, finished, mcp } = setupTools();
    const { turnId } = turns.start(send('Add.'));
    const first = await nextRun();
    call(first, 'add');
    finish(first);
    consent(turnId, (await until('asking')).id, 'deny');
    const second = await nextRun();
    expect(second.request.messages.at(-1)?.content).toEqual([
      { type: 'text', text: 'The user did not allow this call.' },
    ]);
    second.say('Very well.');
    finish(second);
    expect((await finished()).toolCalls).toMatchObject([{ state: 'denied' }]);
    expect(mcp.sent('call')).toEqual([]);
  });

  it('asks no more for a tool that is always allowed, until the tool becomes another', async () => {
    const { turns, nextRun, until, consent, finished, events, settings, mcp, calls } = setupTools();
    const ask = async (conversationId: string | null, parentId: string | null) => {
      const started = turns.start(send('Add.', { conversationId, parentId }));
      const run = await nextRun();
      call(run, 'add');
      finish(run);
      return started;
    };
    const { turnId, conversationId } = await ask(null, null);
    consent(turnId, (await until('asking')).id, 'always');
    const second = await nextRun();
    finish(second);
    const { id } = await finished();
    expect(settings().toolServers[0]?.allowed).toEqual({ add: 'add-1' });
    // What was allowed needs no new start.
    expect(mcp.sent('start')).toHaveLength(1);

    events.length = 0;
    await ask(conversationId, id);
    finish(await nextRun());
    const again = await finished();
    expect(again.toolCalls).toMatchObject([{ state: 'done' }]);

    mcp.say({
      type: 'ready',
      server: 'files',
      pid: null,
      tools: [toolInfo('add', { fingerprint: 'add-2' })],
    });
    events.length = 0;
    const third = await ask(conversationId, again.id);
    await until('asking');
    expect(calls()).toHaveLength(1);
    turns.stop(third.turnId);
    expect((await finished()).toolCalls).toMatchObject([{ state: 'stopped' }]);
  });

  it('calls what only reads without asking, where the user wants that', async () => {
    const { turns, nextRun, finished, until } = setupTools({ settings: { readOnlyTools: 'allow' } });
    const { turnId } = turns.start(send('Look.'));
    const first = await nextRun();
    call(first, 'look', '{}', 0);
    call(first, 'add', '{}', 1);
    finish(first);
    expect(await until('asking')).toMatchObject({ tool: 'add' });
    turns.stop(turnId);
    expect((await finished()).toolCalls).toMatchObject([
      { tool: 'look', state: 'done' },
      { tool: 'add', state: 'stopped' },
    ]);
  });
});

describe('stopping', () => {
  it('ends a call that runs, and takes it back; the answer can be continued with what was called', async () => {
    const { turns, nextRun, until, consent, finished, mcp, events } = setupTools();
    mcp.answer = () => null;
    const { turnId, conversationId } = turns.start(send('Add.'));
    const first = await nextRun();
    first.say('Wait.');
    call(first, 'add');
    finish(first);
    consent(turnId, (await until('asking')).id, 'once');
    await until('running');
    turns.stop(turnId);
    const stopped = await finished();
    expect(stopped).toMatchObject({ state: 'stopped', text: 'Wait.', toolCalls: [{ state: 'stopped' }] });
    expect(mcp.sent('cancel')).toHaveLength(1);

    events.length = 0;
    turns.start({ kind: 'continue', conversationId, messageId: stopped.id });
    const run = await nextRun();
    expect(run.request.prefix).toBeUndefined();
    expect(run.request.messages.slice(1)).toMatchObject([
      { role: 'assistant', toolCalls: [{ name: 'add' }] },
      { role: 'tool', content: [{ text: 'The user stopped this call before it returned.' }] },
    ]);
    call(run, 'add');
    finish(run);
    await until('asking');
    turns.stop(turns.attach(conversationId)?.turnId ?? '');
    expect((await finished()).toolCalls).toMatchObject([
      { round: 0, state: 'stopped' },
      { round: 1, state: 'stopped', textBefore: 5 },
    ]);
  });

  it('keeps what a crash left under way as stopped', async () => {
    const { turns, nextRun, until, conversations, answerIn } = setupTools();
    const { conversationId } = turns.start(send('Add.'));
    const run = await nextRun();
    call(run, 'add');
    finish(run);
    await until('asking');
    expect(answerIn(conversationId)).toMatchObject({ state: 'pending', toolCalls: [{ state: 'asking' }] });
    conversations.messages.endInterrupted();
    expect(answerIn(conversationId)).toMatchObject({ state: 'failed', toolCalls: [{ state: 'stopped' }] });
  });
});

describe('what goes wrong', () => {
  const allowed: Partial<Settings> = {
    toolServers: [toolServer('files', { allowed: { add: 'add-1', look: 'look-1' } })],
  };

  it('in a call is told to the model and shown; the conversation lives', async () => {
    const { turns, nextRun, finished, mcp } = setupTools({ settings: allowed });
    mcp.answer = ({ tool }) =>
      tool === 'look' ? null : { text: 'The disk is full.', length: 17, isError: true };
    turns.start(send('Try.'));
    const first = await nextRun();
    call(first, 'add', '{"a":', 0);
    call(first, 'nothing', '{}', 1);
    call(first, 'add', '{}', 2);
    call(first, 'look', '{}', 3);
    finish(first);
    while (mcp.sent('call').length < 2) await tick();
    const error = {
      code: 'tool-failed',
      message: 'It ended.',
      details: { kind: 'tool-server-ended', name: 'files' },
    } as const;
    mcp.say({ type: 'ended', server: 'files', error });
    const second = await nextRun();
    const told = second.request.messages.flatMap(({ role, content }) =>
      role === 'tool' && content[0]?.type === 'text' ? content[0].text : [],
    );
    expect(told).toEqual([
      expect.stringContaining('not a JSON object'),
      'There is no tool nothing.',
      'The disk is full.',
      'It ended.',
    ]);
    finish(second);
    expect((await finished()).toolCalls).toMatchObject([
      { state: 'failed', error: { details: { kind: 'tool-arguments' } } },
      { state: 'failed', error: { details: { kind: 'tool-gone' } } },
      { state: 'failed', result: { isError: true } },
      { state: 'failed', error },
    ]);
  });

  it('is bounded: so many calls at once, so many rounds, and then it answers', async () => {
    const { turns, nextRun, finished } = setupTools({ settings: allowed });
    turns.start(send('Go on.'));
    for (let round = 0; round < MAX_TOOL_ROUNDS; round++) {
      const run = await nextRun();
      expect(run.request.toolUse).toBeDefined();
      const count = round === 0 ? MAX_CALLS_A_ROUND + 1 : 1;
      for (let index = 0; index < count; index++) {
        run.send({ type: 'tool-call', index, id: `${round}-${index}`, name: 'add', arguments: '{}' });
      }
      finish(run);
    }
    const last = await nextRun();
    expect(last.request.toolUse).toBeUndefined();
    last.say('Enough.');
    finish(last);
    const { toolCalls = [], text } = await finished();
    expect(text).toBe('Enough.');
    expect(toolCalls).toHaveLength(MAX_CALLS_A_ROUND + MAX_TOOL_ROUNDS);
    expect(toolCalls[MAX_CALLS_A_ROUND]).toMatchObject({
      state: 'failed',
      error: { details: { kind: 'tool-too-many' } },
    });
  });

  it('in an answer that is cut or fails carries nothing half written out', async () => {
    const { turns, nextRun, finished, events, mcp } = setupTools({ settings: allowed });
    const { conversationId } = turns.start(send('Cut.'));
    const run = await nextRun();
    call(run, 'add', '{"a":');
    run.send({ type: 'finished', reason: 'length', stats });
    const cut = await finished();
    expect(cut).toMatchObject({
      finishReason: 'length',
      toolCalls: [{ state: 'failed', error: { details: { kind: 'tool-cut' } } }],
    });
    events.length = 0;
    turns.start({ kind: 'regenerate', conversationId, messageId: cut.id, thinking: false });
    const failing = await nextRun();
    call(failing, 'add', '{}');
    failing.send({ type: 'failed', error: { code: 'engine-crashed', message: 'Gone.' } });
    expect(await finished()).toMatchObject({ state: 'failed', toolCalls: [{ state: 'stopped' }] });
    expect(mcp.sent('call')).toEqual([]);
  });
});
