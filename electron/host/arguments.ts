import { parseArgs } from 'node:util';
import { isLoopbackName } from '../server/guard';

export interface HeadlessArguments {
  readonly port: number;
  readonly host: string;
  readonly open: boolean;
  readonly model?: string;
  readonly home?: string;
}

export const USAGE = `Usage: headless [--port 8000] [--host 127.0.0.1] [--open] [--model ID] [--home DIR]
  --port   where to listen; 0 takes a free one
  --host   a loopback name or address of this machine
  --open   open the page in the browser
  --model  load this model instead of the one in the settings
  --home   keep conversations, settings and models there (also AUTOGLM_HOME)`;

/** Throws a sentence for the terminal. */
export function parseArguments(args: readonly string[]): HeadlessArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8000' },
      host: { type: 'string', default: '127.0.0.1' },
      open: { type: 'boolean', default: false },
      model: { type: 'string' },
      home: { type: 'string' },
      // `npm start -- --headless` may hand it on.
      headless: { type: 'boolean' },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'.`);
  }
  if (!isLoopbackName(values.host)) {
    throw new Error(
      `--host must be a loopback name such as 127.0.0.1, localhost or ::1, not '${values.host}': whoever reaches the app can read every conversation.`,
    );
  }
  return {
    port,
    host: values.host,
    open: values.open,
    ...(values.model !== undefined && { model: values.model }),
    ...(values.home !== undefined && { home: values.home }),
  };
}
