import type { EventName, Events, RequestHandlers } from '../../electron/contract/api';
import type { AssistantMessage, Message, TurnSnapshot } from '../../electron/contract/conversations';
import type { ToolServer } from '../../electron/contract/tool-servers';
import type {
  CalledTool,
  PromptInfo,
  ResourceInfo,
  ToolInfo,
  ToolRequests,
  ToolServerStatus,
} from '../../electron/contract/tools';
import { assistant, stats, user } from './mock-data';

/** Of the address: `tools` for servers of tools, `tools=sign-in` for one that wants the user to sign in, `tools=asking` for a call that waits for consent in the conversation `c5`. */

const FILES: ToolServer = {
  id: 'files',
  name: 'Files',
  enabled: true,
  transport: {
    type: 'stdio',
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-filesystem', '~/Documents'],
    env: {},
  },
  allowed: { read_file: 'f1' },
  hidden: ['create_directory'],
};
const CITY: ToolServer = {
  id: 'city',
  name: 'City data',
  enabled: true,
  transport: { type: 'http', url: 'https://data.example.org/mcp', headers: { Authorization: 'Bearer 123' } },
  allowed: {},
  hidden: [],
};
const NOTES: ToolServer = {
  id: 'notes',
  name: 'Notes',
  enabled: false,
  transport: { type: 'stdio', command: 'uvx', args: ['mcp-server-notes'], env: { NOTES_API_KEY: '123' } },
  allowed: {},
  hidden: [],
};

const tool = (name: string, title: string, description: string, readOnly = true): ToolInfo => ({
  name,
  title,
  description,
  readOnly,
  fingerprint: name === 'read_file' ? 'f1' : name,
  parameters: { type: 'object', properties: { path: { type: 'string' } } },
});

const TOOLS: readonly ToolInfo[] = [
  tool('read_file', 'Read a file', 'Reads the complete contents of a text file.'),
  tool('list_directory', 'List a folder', 'Names, kinds and sizes of what a folder holds.'),
  tool('search_files', 'Search files', 'Finds files and folders whose names match a pattern.'),
  tool('write_file', 'Write a file', 'Makes a file, or replaces what it holds.', false),
  tool('create_directory', 'Make a folder', 'Makes a folder, and those above it.', false),
];

const PROMPTS: readonly PromptInfo[] = [
  {
    name: 'review',
    title: 'Review a report',
    description: 'Looks for what is unclear, and for numbers without a unit.',
    arguments: [
      { name: 'report', description: 'Which of the reports.', required: true },
      { name: 'audience', description: '', required: false },
    ],
  },
  { name: 'summary', title: 'Sum up the week', description: '', arguments: [] },
];

const RESOURCES: readonly ResourceInfo[] = [
  { uri: 'file:///minutes.md', title: 'Minutes of the meeting', description: '' },
  { uri: 'file:///measurements.csv', title: 'Measurements', description: '' },
];

export function mockToolServers(query: URLSearchParams): ToolServer[] {
  return query.has('tools') ? [FILES, CITY, NOTES] : [];
}

export function mockTools(
  query: URLSearchParams,
  servers: () => readonly ToolServer[],
  emit: <K extends EventName>(name: K, payload: Events[K]) => void,
): Pick<RequestHandlers, keyof ToolRequests> {
  let signing = false;
  const statuses = (): readonly ToolServerStatus[] =>
    servers().map(({ id, name, enabled }): ToolServerStatus => {
      if (!enabled) return { id, state: 'off' };
      if (id !== 'city') return { id, state: 'ready', tools: TOOLS, prompts: PROMPTS, resources: RESOURCES };
      if (signing) return { id, state: 'signing-in', url: 'about:blank' };
      const details = {
        kind: query.get('tools') === 'sign-in' ? 'tool-sign-in' : 'tool-server-key',
        name,
        status: 401,
      };
      const error = { code: 'tool-failed', message: `${name} asks for a key.`, details } as const;
      return { id, state: 'failed', error, retryAt: null };
    });
  return {
    'tools.servers': () => {
      setTimeout(() => emit('tools.changed', statuses()), 50);
      return statuses();
    },
    'tools.log': (id) =>
      id === 'files'
        ? 'Secure MCP Filesystem Server running on stdio\nAllowed directories: ~/Documents\n'
        : '',
    'tools.restart': () => {
      signing = false;
      emit('tools.changed', statuses());
    },
    'tools.signIn': () => {
      signing = true;
      emit('tools.changed', statuses());
    },
    'tools.finishSignIn': () => {},
    'tools.signOut': () => {},
    'tools.prompt': async () => 'Review this kindly: ',
    'tools.resource': async () => [{ name: 'minutes.md', base64: btoa('# Minutes') }],
    'tools.readServers': () => ({ servers: query.has('tools') ? [NOTES] : [], problems: [] }),
    'tools.consent': () => {},
  };
}

const TREE = `bridge-report.md      12 KB
measurements.csv      48 KB
minutes-2026-11.md     6 KB`;

const called = (call: Partial<CalledTool> & Pick<CalledTool, 'id' | 'tool' | 'title'>): CalledTool => ({
  round: 0,
  textBefore: 0,
  reasoningBefore: 0,
  serverId: 'files',
  server: 'Files',
  name: call.tool,
  arguments: '{"path":"~/Documents/bridge"}',
  state: 'done',
  durationMs: 42,
  ...call,
});

const listed = called({
  id: 'call1',
  tool: 'list_directory',
  title: 'List a folder',
  result: { text: TREE, length: TREE.length, isError: false },
});

/** A conversation about a folder, whose answer called two tools. */
export function toolMessages(language: 'en' | 'zh', id: string): readonly Message[] {
  const zh = language === 'zh';
  const before = zh ? '我先看看文件夹里有什么。' : 'Let me look at what is in the folder.';
  const after = zh
    ? '文件夹里有三个文件。上次会议决定：**十二月更换桥的支座**，测量数据在 `measurements.csv` 中。'
    : 'There are three files. The last meeting decided that **the bearings are replaced in December**; the measurements are in `measurements.csv`.';
  const minutes = zh
    ? '# 会议记录\n\n- 支座在十二月更换\n- 测量结果见 measurements.csv'
    : '# Minutes\n\n- The bearings are replaced in December\n- Measurements: see measurements.csv';
  return [
    user(
      id,
      'u1',
      null,
      zh ? '桥梁文件夹里有什么？上次决定了什么？' : 'What is in the bridge folder, and what was decided?',
    ),
    assistant(id, 'a1', 'u1', `${before}\n\n${after}`, {
      thinking: false,
      stats: { ...stats, reasoningTokens: 0, reasoningMs: 0 },
      toolCalls: [
        { ...listed, textBefore: before.length },
        called({
          id: 'call2',
          round: 1,
          tool: 'read_file',
          title: 'Read a file',
          textBefore: before.length,
          arguments: '{"path":"~/Documents/bridge/minutes-2026-11.md","head":40}',
          durationMs: 1380,
          result: { text: minutes, length: 26_400, isError: false },
        }),
        called({
          id: 'call3',
          round: 1,
          tool: 'search_files',
          title: 'Search files',
          textBefore: before.length,
          state: 'denied',
          durationMs: undefined,
        }),
      ],
    }),
  ];
}

/** The same question, while its second call waits for consent. */
export function askingTurn(language: 'en' | 'zh', answer: AssistantMessage): TurnSnapshot {
  const text = language === 'zh' ? '我先看看文件夹里有什么。' : 'Let me look at what is in the folder.';
  return {
    turnId: 'asking',
    conversationId: answer.conversationId,
    message: {
      ...answer,
      state: 'streaming',
      text,
      toolCalls: [
        { ...listed, textBefore: text.length },
        called({
          id: 'call2',
          round: 1,
          tool: 'write_file',
          title: 'Write a file',
          textBefore: text.length,
          state: 'asking',
          readOnly: false,
          arguments: JSON.stringify({
            path: '~/Documents/bridge/summary.md',
            content: '# Summary\nThree files.',
          }),
          durationMs: undefined,
        }),
      ],
    },
    seq: 9,
    startedAt: Date.now(),
    reasoningTokens: 0,
    outputTokens: 20,
    reasoningMs: null,
  };
}
