import type { ToolTransport } from '../contract/tool-servers';
import { isSecretName } from '../contract/tools';

const COVER = '•••';
/** Shorter values are words that stand anywhere: covering them would hide what is said. */
const SHORTEST = 6;

/** Covers, in what a server writes, the secrets that it was given. */
export function secretsCover(
  transport: ToolTransport,
  /** Those that it gave since. */
  more: () => readonly string[] = () => [],
): (text: string) => string {
  const values = secretValues(transport);
  return (text) => [...values, ...more()].reduce((covered, value) => covered.replaceAll(value, COVER), text);
}

function secretValues(transport: ToolTransport): readonly string[] {
  const named = Object.entries(transport.type === 'stdio' ? transport.env : transport.headers).filter(
    ([name, value]) => isSecretName(name) || looksRandom(value),
  );
  const values = named.flatMap(([, value]) => [value, value.replace(/^\w+ /, '')]);
  const rest =
    transport.type === 'stdio'
      ? transport.args
          .flatMap((arg) => [arg, ...(/^--?[\w-]+=(.+)$/.exec(arg)?.slice(1) ?? [])])
          .filter(looksRandom)
      : [...new URL(transport.url).searchParams.values(), new URL(transport.url).password];
  // The longest first, so that none is covered in part.
  return [...new Set([...values, ...rest])]
    .filter((value) => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

/** As keys do: long, without spaces or slashes, letters and digits mixed. */
function looksRandom(value: string): boolean {
  return /^[\w.+=-]{20,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}
