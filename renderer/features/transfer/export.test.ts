// @vitest-environment happy-dom
import '../../i18n';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { calledTool, imageFile, soundFile } from '../../../electron/contract/testing/messages';
import { CalledToolSchema } from '../../../electron/contract/tools-schemas';
import type { ExportedConversation } from '../../../electron/contract/transfer';
import { assistant, user } from '../../bridge/mock-data';
import { fileName } from './file-name';
import { filesOf } from './files-of';
import { conversationsToHtml } from './html';
import { withKept } from './import';
import { conversationToMarkdown } from './markdown';

const messages = [
  user('c', 'u', null, 'Is 1 < 2 & "so"? <script>alert(1)</script>'),
  assistant('c', 'a', 'u', '**Yes**', { reasoning: '1 < 2\ntrue' }),
];
const branch = { id: 'c1', title: 'A', createdAt: 0, messages };
const answered = (text: string) =>
  conversationsToHtml(
    [{ ...branch, messages: [assistant('c', 'a', 'u', text, { reasoning: '' })] }],
    new Map(),
  );

beforeAll(() => i18next.changeLanguage('en'));

const clip = soundFile({
  sha256: 'c'.repeat(64),
  name: 'a *talk*.mp3',
  bytes: 2_688_044,
  durationMs: 84_000,
});

describe('sound', () => {
  const said = [{ ...user('c', 'u', null, 'What is said?'), attachments: [clip] }];

  it('is named with its length', () => {
    expect(conversationToMarkdown('A', said)).toContain('*a \\*talk\\*.mp3 (1:24)*');
    expect(conversationsToHtml([{ ...branch, messages: said }], new Map())).toContain('a *talk*.mp3 (1:24)');
  });

  it('that is kept in another form is found by the messages that name it', () => {
    const mp3 = { ...clip, sha256: 'a'.repeat(64), mediaType: 'audio/mpeg', bytes: 9, durationMs: undefined };
    const messages = said.map((message) => ({ ...message, attachments: [mp3, clip], selectedChildId: null }));
    const conversation = { messages } as unknown as ExportedConversation;
    const kept = new Map([
      [mp3.sha256, { ...clip, name: 'upload' }],
      [clip.sha256, clip],
    ]);
    const [changed] = withKept([conversation], kept);
    const [message] = changed?.messages ?? [];
    expect(message?.role === 'user' && message.attachments).toEqual([clip, clip]);
    expect(withKept([conversation], new Map([[clip.sha256, clip]]))).toEqual([conversation]);
  });
});

describe('a picture that a tool returned', () => {
  const picture = imageFile({ name: 'chart.png' });
  const call = calledTool({ result: { text: 'Here.', length: 5, isError: false, images: [picture] } });
  const answer = assistant('c', 'a', 'u', 'See.', { toolCalls: [call] });

  it('is in the HTML, and one of the files that an export takes along', () => {
    const pictures = new Map([[picture.sha256, 'data:image/png;base64,AA==']]);
    const html = conversationsToHtml([{ ...branch, messages: [answer] }], pictures);
    expect(html).toContain('<img src="data:image/png;base64,AA==" alt="chart.png"');
    expect(filesOf(answer)).toEqual([picture]);
    expect(filesOf(assistant('c', 'a', 'u', 'None.'))).toEqual([]);
  });

  it('comes back with an import; a name that is no sum is refused', () => {
    expect(CalledToolSchema.parse(call)).toEqual(call);
    const images = [{ ...picture, sha256: '../../etc/passwd' }];
    expect(CalledToolSchema.safeParse({ ...call, result: { ...call.result, images } }).success).toBe(false);
  });
});

describe('Markdown', () => {
  it('has the reasoning quoted', () => {
    expect(conversationToMarkdown('A\nB', messages)).toBe(
      '# A B\n\n**You**\n\nIs 1 < 2 & "so"? <script>alert(1)</script>\n\n**AutoGLM**\n\n> 1 < 2\n> true\n\n**Yes**\n',
    );
  });
});

describe('HTML', () => {
  it('escapes what was written and runs nothing', () => {
    const html = conversationsToHtml([{ ...branch, title: '<script>' }], new Map());
    expect(html).not.toContain('<script');
    expect(html).toContain('Is 1 &lt; 2 &amp; &quot;so&quot;?');
    expect(html).toContain('default-src &#x27;none&#x27;');
    expect(html).toContain('color-scheme: light dark');
  });

  it('draws Markdown, code, tables and formulas', () => {
    const html = answered('**bold**\n\n| a |\n| - |\n| b |\n\n```js\nlet x = 1 < 2;\n```\n\n$$x^2$$');
    expect(html).toMatch(/<(strong|span)[^>]*>bold/);
    expect(html).toContain('<table>');
    expect(html).toContain('let x = 1 &lt; 2;');
    expect(html).toContain('<math');
  });

  it('loads nothing from the network and keeps no script of an answer', () => {
    const html = answered(
      '![cat](https://example.com/cat.png) <img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>alert(2)</script>',
    );
    expect(html).not.toMatch(/<img|onerror|<script|javascript:/);
    expect(html).toContain('cat');
  });

  it('lists several conversations first', () => {
    const html = conversationsToHtml([branch, { ...branch, id: 'c2', title: 'B' }], new Map());
    expect(html).toContain('href="#c2"');
    expect(html).toContain('id="c2"');
  });
});

describe('file names', () => {
  it('are such that every file system takes', () => {
    expect(fileName('What is 3/4?')).toBe('What is 3 4');
    expect(fileName('\u202egpj.exe ...')).toBe('gpj.exe');
    expect(fileName('///')).toBe('conversation');
    expect(fileName('海边的房子 🏠')).toBe('海边的房子 🏠');
  });
});
