import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** Colours are the page's own custom properties, so a change of theme needs no new highlighting. */
const theme = createCssVariablesTheme({ name: 'autoglm', variablePrefix: '--shiki-', fontStyle: true });

/** Each grammar is a chunk of its own, fetched when a first block of it is seen. */
const grammars = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  make: () => import('shiki/langs/make.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  r: () => import('shiki/langs/r.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
} as const;

type Grammar = keyof typeof grammars;

const aliases: Readonly<Record<string, Grammar>> = {
  'c++': 'cpp',
  cs: 'csharp',
  'c#': 'csharp',
  cjs: 'javascript',
  dockerfile: 'docker',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  js: 'javascript',
  json5: 'json',
  jsonc: 'json',
  kt: 'kotlin',
  makefile: 'make',
  md: 'markdown',
  mjs: 'javascript',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svg: 'xml',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
};

function isGrammar(name: string): name is Grammar {
  return Object.hasOwn(grammars, name);
}

export function grammarFor(language: string): Grammar | null {
  const name = language.toLowerCase();
  return isGrammar(name) ? name : (aliases[name] ?? null);
}

let core: Promise<HighlighterCore> | undefined;
const ready = new Map<Grammar, HighlighterCore>();

/** The JavaScript engine needs no WebAssembly, which the page's security policy would have to allow. */
async function loadGrammar(grammar: Grammar): Promise<HighlighterCore> {
  core ??= createHighlighterCore({
    themes: [theme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const [highlighter, module] = await Promise.all([core, grammars[grammar]()]);
  await highlighter.loadLanguage(module.default);
  ready.set(grammar, highlighter);
  return highlighter;
}

export interface Token {
  readonly content: string;
  readonly color: string | undefined;
  readonly italic: boolean;
}

export type Line = readonly Token[];

type GrammarState = ReturnType<HighlighterCore['codeToTokens']>['grammarState'];

/** Milliseconds of highlighting at a time, so that a long block never holds up a frame. */
const SLICE_MS = 6;

/**
 * Highlights a block that may still be growing. Each finished line is tokenized once, from the state its predecessor left the
 * grammar in; the line being written is tokenized when it ends.
 */
export class CodeHighlighting {
  lines: readonly Line[] = [];
  readonly #grammar: Grammar;
  readonly #changed: () => void;
  #code = '';
  #complete = false;
  #consumed = 0;
  #state: GrammarState;
  #highlighter: HighlighterCore | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(grammar: Grammar, changed: () => void) {
    this.#grammar = grammar;
    this.#changed = changed;
    this.#highlighter = ready.get(grammar);
  }

  /** The text up to `consumed` is in `lines`; what follows is drawn plain. */
  get consumed(): number {
    return this.#consumed;
  }

  update(code: string, complete: boolean): void {
    if (!code.startsWith(this.#code.slice(0, this.#consumed))) {
      this.lines = [];
      this.#consumed = 0;
      this.#state = undefined;
    }
    this.#code = code;
    this.#complete = complete;
    if (this.#highlighter) this.#run();
    else {
      void loadGrammar(this.#grammar).then(
        (highlighter) => {
          this.#highlighter = highlighter;
          if (!this.#disposed) this.#run();
        },
        // Code without colours is still code.
        () => {},
      );
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    clearTimeout(this.#timer);
    const highlighter = this.#highlighter;
    if (!highlighter || this.#disposed) return;
    const until = performance.now() + SLICE_MS;
    const added: Line[] = [];
    while (this.#consumed < this.#code.length) {
      const newline = this.#code.indexOf('\n', this.#consumed);
      if (newline < 0 && !this.#complete) break;
      const end = newline < 0 ? this.#code.length : newline;
      const result = highlighter.codeToTokens(this.#code.slice(this.#consumed, end), {
        lang: this.#grammar,
        theme: 'autoglm',
        // A minified line of 100 kB is not worth seconds of regular expressions.
        tokenizeMaxLineLength: 2000,
        ...(this.#state && { grammarState: this.#state }),
      });
      this.#state = result.grammarState;
      added.push(
        (result.tokens[0] ?? []).map(({ content, color, fontStyle }) => ({
          content,
          color,
          italic: fontStyle !== undefined && (fontStyle & 1) === 1,
        })),
      );
      this.#consumed = Math.min(end + 1, this.#code.length);
      if (performance.now() > until) {
        this.#timer = setTimeout(() => this.#run(), 0);
        break;
      }
    }
    if (added.length > 0) {
      this.lines = [...this.lines, ...added];
      this.#changed();
    }
  }
}
