// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlockSplitter } from './blocks';
import { linkTarget } from './links';
import Markdown from './markdown';

afterEach(cleanup);

function html(text: string, streaming = false): HTMLElement {
  return render(<Markdown text={text} streaming={streaming} />).container;
}

describe('sanitising', () => {
  it.each([
    '<script>alert(1)</script>text',
    '<img src=x onerror=alert(1)>',
    '<iframe src="https://example.com"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    '[x](javascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '<svg onload=alert(1)></svg>',
    '<form action="https://example.com"><button>x</button></form>',
    '<style>*{display:none}</style>',
    '<div style="position:fixed" onclick="alert(1)">x</div>',
  ])('draws nothing that runs, loads or covers: %s', (text) => {
    const root = html(text);
    expect(root.querySelector('script, iframe, form, style, img, svg[onload], object, embed')).toBeNull();
    for (const element of root.querySelectorAll('*')) {
      for (const { name, value } of [...element.attributes]) {
        expect(name).not.toMatch(/^on/);
        expect(value).not.toMatch(/^\s*(javascript|data|vbscript):/i);
      }
    }
    expect(root.querySelector('.prose [style*="fixed"]')).toBeNull();
  });

  it('names pictures from elsewhere instead of loading them', () => {
    const root = html('![A cat](https://example.com/cat.png)');
    expect(root.querySelector('img')).toBeNull();
    expect(root.textContent).toContain('A cat');
    expect(root.textContent).toContain('example.com');
  });

  it('opens links outside and only those with a known scheme', () => {
    const link = html('[docs](https://example.com/a)').querySelector('a');
    expect(link?.getAttribute('rel')).toContain('noopener');
    expect(link?.target).toBe('_blank');
    expect(linkTarget('file:///etc/passwd')).toBeNull();
    expect(linkTarget('/settings')).toBeNull();
    expect(linkTarget('mailto:a@example.com')).toBe('mailto:a@example.com');
  });
});

describe('task lists', () => {
  it('says what is done, and lets nobody change it', () => {
    const boxes = [...html('- [x] bricks\n- [ ] sand').querySelectorAll('input')];
    expect(boxes.map((box) => [box.type, box.checked, box.disabled])).toEqual([
      ['checkbox', true, true],
      ['checkbox', false, true],
    ]);
    const names = boxes.map((box) => box.getAttribute('aria-label'));
    expect(names[0]).toBeTruthy();
    expect(names[1]).toBeTruthy();
    expect(names[0]).not.toBe(names[1]);
  });
});

describe('half-streamed markup', () => {
  it('closes what is open for the reader', () => {
    expect(html('This is **bol', true).querySelector('strong, [data-streamdown=strong]')?.textContent).toBe(
      'bol',
    );
    cleanup();
    expect(html('```python\nprint(1', true).querySelector('pre')?.textContent).toContain('print(1');
  });

  it('is drawn as it is once nothing more comes', () => {
    expect(html('2 ** 3').textContent).toContain('2 ** 3');
  });
});

describe('splitting a growing text', () => {
  const text = '# A\n\nOne.\n\n- a\n- b\n\n```js\nlet x;\n\nlet y;\n```\n\n| a |\n| - |\n| 1 |\n\nEnd.\n';

  it('comes to the same blocks as splitting it whole', () => {
    const grown = createBlockSplitter();
    for (let end = 1; end < text.length; end += 3) grown(text.slice(0, end));
    expect(grown(text).join('')).toBe(text);
    expect(grown(text)).toEqual(createBlockSplitter()(text));
  });

  it('starts again when the text is another one', () => {
    const split = createBlockSplitter();
    split(text);
    expect(split('Other.\n\nText.').join('')).toBe('Other.\n\nText.');
  });
});
