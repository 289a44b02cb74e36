/** Two pieces are joined without a space where either end is Chinese or Japanese. */
const NO_SPACE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。？！、；：]/u;

/** Pieces of what was said, as one text. */
export function joinPieces(pieces: readonly string[]): string {
  return pieces.reduce((all, piece) => {
    if (all === '' || piece === '') return all + piece;
    return NO_SPACE.test(`${all.at(-1)}${piece[0]}`) ? all + piece : `${all} ${piece}`;
  }, '');
}
