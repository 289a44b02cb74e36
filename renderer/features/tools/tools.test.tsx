// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppBridge } from '../../../electron/contract/api';
import { assistantMessage, calledTool, imageFile } from '../../../electron/contract/testing/messages';
import type { CalledTool } from '../../../electron/contract/tools';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { newConversation, useChat } from '../../stores/chat';
import { setContextMeasure } from '../../stores/context';
import { setDraft } from '../../stores/drafts';
import { loadEngine } from '../../stores/engine';
import { beginTurn, forgetAllTurns } from '../../stores/live';
import { loadSettings } from '../../stores/settings';
import { loadTools } from '../../stores/tools';
import { useViewer } from '../../stores/viewer';
import { newEntry } from '../../ui/entry-list';
import { TooltipProvider } from '../../ui/tooltip';
import { conversationToMarkdown } from '../transfer/markdown';
import { readableArguments } from './arguments';
import { segments } from './segments';
import { draftOf, draftProblem, emptyDraft, transportOf } from './server-draft';
import ToolCalls from './tool-calls';
import ToolsButton from './tools-button';
import ToolsNotice from './tools-notice';

configure({ asyncUtilTimeout: 60_000 });

let request: AppBridge['request'];

async function openWith(query: string): Promise<void> {
  const mock = createMockBridge(new URLSearchParams(query));
  request = vi.fn(mock.request.bind(mock)) as unknown as AppBridge['request'];
  setBridge({ ...mock, request });
  newConversation();
  setDraft(null, '');
  await Promise.all([loadSettings(), loadEngine(), loadTools()]);
}

beforeEach(() => i18next.changeLanguage('en'));
afterEach(() => {
  cleanup();
  forgetAllTurns();
  setContextMeasure(null);
});

const called = (more: Partial<CalledTool> = {}) =>
  calledTool({
    serverId: 'files',
    server: 'Files',
    tool: 'read_file',
    title: 'Read a file',
    name: 'read_file',
    arguments: '{"path":"a.md"}',
    durationMs: 42,
    ...more,
  });

describe('the control in the composer', () => {
  const show = () =>
    render(
      <TooltipProvider>
        <ToolsButton />
      </TooltipProvider>,
    );

  it('is not there without a server', async () => {
    await openWith('');
    expect(show().container.innerHTML).toBe('');
  });

  it('says how many tools there are, but for those that are hidden', async () => {
    await openWith('tools');
    show();
    expect(screen.getByRole('button', { name: 'Tools: 4 tools for this conversation' })).toBeTruthy();
    useChat.setState({ options: { tools: ['city'] } });
    expect(await screen.findByRole('button', { name: 'Tools: No tools for this conversation' })).toBeTruthy();
  });

  it('says why where the model can call none', async () => {
    await openWith('tools=unable');
    show();
    const name = /^Tools: .*AutoGLM-Phone Nano.* cannot call tools: its chat template knows none/;
    expect(screen.getByRole('button', { name })).toBeTruthy();
  });
});

describe('the notice above the composer', () => {
  const measured = (count: number, tokens: number) => {
    setContextMeasure({ tokens: tokens + 10, limit: 2_048, fitsFrom: null, tools: { count, tokens } });
    return render(<ToolsNotice />);
  };

  it('says that tools take much of the context, or are many', () => {
    expect(measured(5, 100).container.innerHTML).toBe('');
    cleanup();
    measured(5, 900);
    expect(screen.getByRole('status').textContent).toMatch(
      /The 5 tools .* take 900 of the model’s 2,048 tokens/,
    );
    cleanup();
    measured(60, 100);
    expect(screen.getByRole('status').textContent).toMatch(/is told of 60 tools/);
  });
});

describe('a call in an answer', () => {
  it('is folded, and opens to what was given and what came back, as plain text', async () => {
    await openWith('tools');
    const text = '# Not a heading ![x](https://example.org/x.png) <img src="https://example.org/y.png">';
    const result = { text, length: 9_000, isError: false };
    const { container } = render(<ToolCalls messageId="m" calls={[called({ result })]} />);
    const line = screen.getByRole('button');
    expect(line.textContent).toContain('Read a file · Files');
    expect(line.textContent).toContain('42 ms');
    expect(screen.queryByText('Result')).toBeNull();
    fireEvent.click(line);
    expect(screen.getByRole('region', { name: 'Arguments' }).textContent).toBe('{\n  "path": "a.md"\n}');
    expect(screen.getByRole('region', { name: 'Result' }).textContent).toBe(text);
    expect(screen.getByText(/of 9,000 characters; the rest was cut/)).toBeTruthy();
    expect(container.querySelector('img, a, h1')).toBeNull();
  });

  it('shows the pictures that came back without being opened, and nothing of one that is gone', () => {
    const picture = imageFile({ name: 'chart.png', width: 240, height: 120 });
    const result = { text: 'Here.', length: 5, isError: false, images: [picture] };
    const { container } = render(<ToolCalls messageId="m" calls={[called({ result })]} />);
    fireEvent.click(screen.getByRole('button', { name: /chart\.png/ }));
    expect(useViewer.getState()).toMatchObject({ index: 0, images: [{ name: 'chart.png' }] });
    fireEvent.error(container.querySelector('img') as Element);
    expect(screen.getByText('chart.png')).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
  });

  it('that asks is answered by a press and by nothing else', async () => {
    await openWith('tools');
    beginTurn(
      { turnId: 't', conversationId: 'c', messageId: 'm' },
      { reasoning: '', text: '', reasoningTokens: 0 },
    );
    render(<ToolCalls messageId="m" calls={[called({ state: 'asking', readOnly: false })]} />);
    const question = screen.getByRole('region', { name: /^May the model use .*Read a file/ });
    expect(document.activeElement).toBe(question);
    fireEvent.keyDown(question, { key: 'Enter' });
    expect(vi.mocked(request).mock.calls.filter(([name]) => name === 'tools.consent')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Deny' }));
    await waitFor(() => expect(request).toHaveBeenCalledWith('tools.consent', 't', 'call', 'deny'));
  });

  it('leaves whoever is writing where they are', async () => {
    await openWith('tools');
    const field = document.body.appendChild(document.createElement('textarea'));
    field.value = 'And then';
    field.focus();
    render(<ToolCalls messageId="m" calls={[called({ state: 'asking' })]} />);
    expect(document.activeElement).toBe(field);
    field.remove();
  });

  it('stands in the text where it was made', () => {
    const calls = [
      called({ id: 'a', textBefore: 4 }),
      called({ id: 'b', textBefore: 4 }),
      called({ id: 'c', textBefore: 9 }),
    ];
    const cut = segments('One.\n\nTwo\n\nThree', calls);
    expect(cut.map(({ text, calls: own }) => [text, own.map(({ id }) => id)])).toEqual([
      ['One.', ['a', 'b']],
      ['Two', ['c']],
      ['Three', []],
    ]);
    expect(segments('All.', [])).toEqual([{ start: 0, text: 'All.', calls: [] }]);
    // The text of an answer that is still being written may be shorter than its calls know.
    expect(segments('On', calls).map(({ text }) => text)).toEqual(['On', '']);
    expect(readableArguments('{}')).toBeNull();
    expect(readableArguments('{"half')).toBe('{"half');
  });

  it('is in an export, and nothing in it is Markdown there', () => {
    const result = { text: 'a\n```\nb', length: 7, isError: false };
    const markdown = conversationToMarkdown('T', [
      assistantMessage({
        text: 'One.\n\nTwo.',
        toolCalls: [called({ textBefore: 4, title: 'Read *all*', result })],
      }),
    ]);
    expect(markdown).toContain(
      'One.\n\n*Read \\*all\\* · Files · done*\n\n```\n{"path":"a.md"}\n```\n\n````\na\n```\nb\n````\n\nTwo.',
    );
  });
});

describe('a server’s form', () => {
  it('makes what the app takes, and says what is missing', () => {
    expect(draftProblem(emptyDraft)).toEqual({ field: 'name' });
    expect(draftProblem({ ...emptyDraft, name: 'x' })).toEqual({ field: 'command' });
    const program = {
      ...emptyDraft,
      name: 'x',
      command: ' npx ',
      args: '-y\n\n  two words \n',
      env: [newEntry('API_KEY', ' secret '), newEntry()],
    };
    expect(draftProblem(program)).toBeNull();
    const transport = transportOf(program);
    expect(transport).toEqual({
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'two words'],
      env: { API_KEY: 'secret' },
    });
    const known = { id: 'i', name: 'x', enabled: true, allowed: {}, hidden: [], transport };
    expect(transportOf(draftOf(known))).toEqual(transport);
    expect(draftProblem({ ...program, env: [newEntry('A=B', '1')] })).toEqual({
      field: 'entry',
      name: 'A=B',
    });

    const address = { ...emptyDraft, name: 'x', type: 'http' as const, url: 'javascript:alert(1)' };
    expect(draftProblem(address)).toEqual({ field: 'url' });
    expect(draftProblem({ ...address, url: 'http://localhost:1/mcp' })).toBeNull();
    expect(draftProblem({ ...address, url: 'http://x', headers: [newEntry('A B', '1')] })).toEqual({
      field: 'entry',
      name: 'A B',
    });
  });
});
