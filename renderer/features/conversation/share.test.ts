// @vitest-environment happy-dom
import '../../i18n';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { assistant, user } from '../../bridge/mock-data';
import { conversationToHtml, conversationToMarkdown, fileName } from './share';

const messages = [
  user('c', 'u', null, 'Is 1 < 2 & "so"?'),
  assistant('c', 'a', 'u', '**Yes**', { reasoning: '1 < 2\ntrue' }),
];

beforeAll(() => i18next.changeLanguage('en'));

describe('sharing a conversation', () => {
  it('writes Markdown with the reasoning quoted', () => {
    expect(conversationToMarkdown('A\nB', messages)).toBe(
      '# A B\n\n**You**\n\nIs 1 < 2 & "so"?\n\n**AutoGLM**\n\n> 1 < 2\n> true\n\n**Yes**\n',
    );
  });

  it('escapes everything in HTML', () => {
    const html = conversationToHtml('<script>', messages);
    expect(html).not.toContain('<script>');
    expect(html).toContain('Is 1 &lt; 2 &amp; &quot;so&quot;?');
  });

  it('makes names every file system takes', () => {
    expect(fileName('What is 3/4?')).toBe('What is 3 4');
    expect(fileName('\u202egpj.exe ...')).toBe('gpj.exe');
    expect(fileName('///')).toBe('conversation');
    expect(fileName('海边的房子 🏠')).toBe('海边的房子 🏠');
  });
});
