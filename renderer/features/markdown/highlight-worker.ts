import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { type Grammar, grammars } from './grammars';
import type { HighlightAnswer, HighlightRequest, Line } from './highlight-messages';

/**
 * Highlights code away from the page: a grammar's first line alone takes hundreds of milliseconds, because its expressions are
 * made then. Each finished line is tokenized once, from the state its predecessor left the grammar in; the line being written
 * when it ends.
 */

/** Colours are the page's own custom properties, so a change of theme needs no new highlighting. */
const theme = createCssVariablesTheme({ name: 'autoglm', variablePrefix: '--shiki-', fontStyle: true });

/** Lines longer than this stay plain: minified code is not worth seconds of regular expressions. */
const LONGEST_LINE = 2000;
/** Milliseconds between two answers, so that a long block colours from its top. */
const SLICE_MS = 12;

type GrammarState = ReturnType<HighlighterCore['codeToTokens']>['grammarState'];

interface Block {
  run: number;
  grammar: Grammar;
  code: string;
  complete: boolean;
  consumed: number;
  state: GrammarState;
}

const blocks = new Map<number, Block>();
let core: Promise<HighlighterCore> | undefined;

async function highlighterFor(grammar: Grammar): Promise<HighlighterCore> {
  // The JavaScript engine needs no WebAssembly, which the page's security policy would have to allow.
  core ??= createHighlighterCore({
    themes: [theme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const [highlighter, module] = await Promise.all([core, grammars[grammar]()]);
  await highlighter.loadLanguage(module.default);
  return highlighter;
}

function answer(message: HighlightAnswer): void {
  postMessage(message);
}

async function run(id: number): Promise<void> {
  const block = blocks.get(id);
  if (!block) return;
  const highlighter = await highlighterFor(block.grammar);
  for (;;) {
    const { run: version } = block;
    const until = performance.now() + SLICE_MS;
    const lines: Line[] = [];
    while (block.consumed < block.code.length && performance.now() < until) {
      const newline = block.code.indexOf('\n', block.consumed);
      if (newline < 0 && !block.complete) break;
      const end = newline < 0 ? block.code.length : newline;
      lines.push(tokenize(highlighter, block, block.code.slice(block.consumed, end)));
      block.consumed = Math.min(end + 1, block.code.length);
    }
    if (lines.length === 0) return;
    answer({ id, run: version, lines, consumed: block.consumed });
    // Lets new text and other blocks in between.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (blocks.get(id) !== block) return;
  }
}

function tokenize(highlighter: HighlighterCore, block: Block, line: string): Line {
  const result = highlighter.codeToTokens(line, {
    lang: block.grammar,
    theme: 'autoglm',
    tokenizeMaxLineLength: LONGEST_LINE,
    ...(block.state && { grammarState: block.state }),
  });
  block.state = result.grammarState;
  return (result.tokens[0] ?? []).map(({ content, color, fontStyle }) => ({
    content,
    color,
    italic: fontStyle !== undefined && (fontStyle & 1) === 1,
  }));
}

addEventListener('message', ({ data }: MessageEvent<HighlightRequest>) => {
  if (data.type === 'dispose') {
    blocks.delete(data.id);
    return;
  }
  const { id, grammar, complete, added } = data;
  const known = blocks.get(id);
  if (known?.run === data.run) {
    known.code += added;
    known.complete = complete;
  } else {
    blocks.set(id, { run: data.run, grammar, code: added, complete, consumed: 0, state: undefined });
  }
  run(id).catch(() => {
    // Code without colours is still code.
    blocks.delete(id);
  });
});
