import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Where a sentence begins its way to the page. The server's own answers go to programs, in English. */
const ROOTS = [
  'electron/app',
  'electron/engine',
  'electron/mcp',
  'electron/shell',
  'models/builder',
  'renderer/bridge',
];
const NOT_SHOWN = /\.test\.ts$|\btesting\b|\bmock[\w-]*\.ts$|grammar/;

/** What the page says of the code alone is all there is to say. */
const PLAIN = new Set(['aborted', 'interrupted', 'no-recognizer']);
/** Options of the command line, which the page has no way to set. */
const COMMAND_LINE =
  /models\/builder\/(cli|cli-convert|store|build|awq\/.*|families\/(autoglm-phone\/(config|unpack)|glm4v\/build)|hub)\.ts$/;

/** The text between the parenthesis at `from` and its partner. */
function argumentsAt(source: string, from: number): string {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '(') depth++;
    if (source[at] === ')' && --depth === 0) return source.slice(from + 1, at);
  }
  return source.slice(from + 1);
}

function sitesWithoutKind(): string[] {
  return ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((file) => file.endsWith('.ts') && !NOT_SHOWN.test(file) && !COMMAND_LINE.test(file))
      .flatMap((file) => {
        const source = readFileSync(file, 'utf8');
        return [...source.matchAll(/new (?:AppError|ModelError|AbsentPackage)\(/g)]
          .map(({ index, 0: call }) => argumentsAt(source, index + call.length - 1))
          .filter((text) => !/\bkind\b|, (?:message\.)?details|\.\.\.(?:details|\w+\[)/.test(text))
          .filter((text) => !PLAIN.has(/^\s*'([\w-]+)'/.exec(text)?.[1] ?? ''))
          .map((text) => `${file}: ${text.trim().slice(0, 120)}`);
      }),
  );
}

test('errors that a user can meet say their kind, so that the page can say them in the user’s language', () => {
  expect(sitesWithoutKind()).toEqual([]);
});
