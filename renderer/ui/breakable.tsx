import { Fragment } from 'react';

/** Before the port and before each slash within a path. */
const SEAMS = /(?<=[^/:~\s])(?=\/(?!\/)|:\d)/;

/** An address, or text with one in it, whose lines end where its parts do instead of anywhere within a word. */
export function Breakable({ text }: { readonly text: string }) {
  return text.split(SEAMS).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no state, and the same one may stand twice.
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
