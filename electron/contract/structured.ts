/** What an answer must look like, and what it may call: the engine's side of OpenAI's `response_format` and `tools`. */

/** The form of an answer's text; reasoning before it is free. */
export type AnswerFormat =
  /** Any JSON object. */
  | { readonly type: 'json-object' }
  /** `name` is what its sender calls the schema: errors name a place in it by that. */
  | { readonly type: 'json-schema'; readonly schema: unknown; readonly name?: string }
  /** An ECMAScript regular expression that matches all of the text. */
  | { readonly type: 'regex'; readonly pattern: string; readonly name?: string }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  /** llama.cpp's GBNF. */
  | { readonly type: 'grammar'; readonly grammar: string; readonly name?: string };

export interface ToolDefinition {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description?: string;
  /** A JSON schema of an object; absent: no parameters. */
  readonly parameters?: unknown;
  /** A schema that is not supported is an error; else the tool is then called with any object. */
  readonly strict?: boolean;
}

/** Tools that the model is told of. */
export interface ToolUse {
  readonly tools: readonly ToolDefinition[];
  /** `auto`: calls or text; `required`: at least one call; a name: one call of that tool. */
  readonly choice: 'auto' | 'required' | { readonly name: string };
  /** More than one call in an answer. */
  readonly parallel: boolean;
  /** What its sender calls the list: errors name a tool by it and its number. */
  readonly name?: string;
}

/** A call as it stands in a conversation. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}
