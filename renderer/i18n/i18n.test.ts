import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zhCN } from './zh-CN';

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

const english = new Map(flatten(en));
const chinese = new Map(flatten(zhCN));

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)].map(([, name]) => name).sort();

describe('translations', () => {
  it('have the same keys in the same order', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it.each([...english.keys()])('%s says something and keeps its placeholders', (key) => {
    const [a, b] = [english.get(key) ?? '', chinese.get(key) ?? ''];
    expect(b.trim()).not.toBe('');
    // A singular may leave the number out.
    if (!key.endsWith('_one')) expect(placeholders(b)).toEqual(placeholders(a));
  });

  it('use Chinese punctuation in Chinese', () => {
    for (const [key, text] of chinese) {
      expect(text, key).not.toMatch(/\p{Script=Han}[,;!?]|[,;!?]\p{Script=Han}/u);
    }
  });
});
