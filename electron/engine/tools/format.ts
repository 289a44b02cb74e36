/** How a model's chat template marks calls of tools. */
export interface ToolFormat {
  /** Before calls, special token or text; empty where an answer that calls begins with the call. */
  readonly open: string;
  /** After each call; empty where there is nothing. */
  readonly close: string;
  /** A call is an object with its name and its arguments by this key; null: the name, `between`, and the arguments. */
  readonly key: 'arguments' | 'parameters' | null;
  readonly between: string;
  /** All calls of an answer stand in one JSON array after one mark. */
  readonly isList: boolean;
  readonly canRepeat: boolean;
}

/** Qwen 2.5 and 3, Hermes 2 and 3, and those that follow them. */
const HERMES: ToolFormat = {
  open: '<tool_call>',
  close: '</tool_call>',
  key: 'arguments',
  between: '',
  isList: false,
  canRepeat: true,
};
/** Llama 3.1 to 3.3: the answer is the call. */
const LLAMA: ToolFormat = {
  open: '',
  close: '',
  key: 'parameters',
  between: '',
  isList: false,
  canRepeat: false,
};
/** Mistral up to tokenizer version 7. */
const MISTRAL: ToolFormat = {
  open: '[TOOL_CALLS]',
  close: '',
  key: 'arguments',
  between: '',
  isList: true,
  canRepeat: true,
};
/** Mistral from tokenizer version 11 on. */
const MISTRAL_ARGS: ToolFormat = {
  open: '[TOOL_CALLS]',
  close: '',
  key: null,
  between: '[ARGS]',
  isList: false,
  canRepeat: true,
};
/** GLM-4: the name in the first line, the arguments in the second. */
const GLM: ToolFormat = { open: '', close: '', key: null, between: '\n', isList: false, canRepeat: false };

/** @returns null for a template that knows no tools, or writes their calls in a way that is not known here. */
export function toolFormatOf(template: string): ToolFormat | null {
  if (!/\btools\b/.test(template)) return null;
  // Calls as XML, each parameter an element: GLM-4.5, Qwen3-Coder.
  if (/<arg_key>|<function=/.test(template)) return null;
  if (template.includes('[TOOL_CALLS]')) return template.includes('[ARGS]') ? MISTRAL_ARGS : MISTRAL;
  if (template.includes('<tool_call>')) return HERMES;
  if (/"parameters"/.test(template) && /python_tag|ipython|eot_id/.test(template)) return LLAMA;
  if (template.includes('<|observation|>')) return GLM;
  return null;
}

/** Ids and texts of the special tokens among a format's marks. */
export function marksOf(
  { open, close, between }: ToolFormat,
  find: (text: string) => number | undefined,
): ReadonlyMap<number, string> {
  const marks = new Map<number, string>();
  for (const mark of [open, close, between]) {
    const id = mark === '' ? undefined : find(mark);
    if (id !== undefined) marks.set(id, mark);
  }
  return marks;
}
