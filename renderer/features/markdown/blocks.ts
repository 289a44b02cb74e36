import { parseMarkdownIntoBlocks } from 'streamdown';

/**
 * Splits a growing text into blocks without reading it all again at every frame: all but the last two blocks are settled, and
 * only what follows them is split. (Two, because a line more can join the last block to the one before it, as in a list.)
 */
export function createBlockSplitter(): (markdown: string) => string[] {
  let settled: string[] = [];
  let settledText = '';
  return (markdown) => {
    // Footnotes and link definitions reach across blocks: such a text is rare, and split whole.
    if (/^ {0,3}\[[^\]\n]+\]:/m.test(markdown)) return parseMarkdownIntoBlocks(markdown);
    if (!markdown.startsWith(settledText)) {
      settled = [];
      settledText = '';
    }
    const tail = parseMarkdownIntoBlocks(markdown.slice(settledText.length));
    const blocks = [...settled, ...tail];
    // Raw HTML is merged by the splitter until its tag closes, so a cut inside it is never settled.
    const done = tail.slice(0, -2);
    if (done.length > 0) {
      settled = [...settled, ...done];
      settledText += done.join('');
    }
    return blocks;
  };
}
