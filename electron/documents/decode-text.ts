import { analyse } from 'chardet';
import { utf16Order } from '../contract/documents';
import { DocumentError } from './errors';

/** Of a file, where its encoding is guessed. */
const SAMPLE_BYTES = 256 * 1024;
/** Guesses of fewer per cent are worth less than the rules for short Chinese texts. */
const SURE = 60;

/**
 * The bytes of a text file as text, in whatever common encoding they are: by a byte order mark, by where the zeros are, as UTF-8 where
 * they are valid, else by chardet's statistics. Line ends become `\n`.
 *
 * @throws DocumentError `unsupported` for what is no text
 */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly encoding: string } {
  const order = utf16Order(bytes);
  if (order) return finished(bytes, order);
  if (zeros(bytes) > bytes.length / 1_000) throw new DocumentError('unsupported');
  const utf8 = new TextDecoder('utf-8').decode(bytes);
  const broken = count(utf8, '\uFFFD');
  // A log with a few torn characters is still UTF-8.
  if (broken === 0 || broken < (bytes.length - utf8.length) / 20) return finished(bytes, 'utf-8');
  return finished(bytes, guess(bytes.subarray(0, SAMPLE_BYTES)));
}

function guess(sample: Uint8Array): string {
  const [best] = analyse(sample);
  const statistical = best && best.confidence >= SURE ? best.name : null;
  for (const name of [statistical, shortChinese(sample), best?.name]) {
    const label = name && labelOf(name);
    if (label && decodes(sample, label)) return label;
  }
  return 'windows-1252';
}

/** Names in a spreadsheet are too few for statistics: of these, most characters are among the frequent ones of an encoding. */
function shortChinese(sample: Uint8Array): string | null {
  const gb = frequentShare(sample, (lead, trail) => lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1);
  const big5 = frequentShare(sample, (lead, trail) => lead >= 0xa4 && lead <= 0xc6 && trail >= 0x40);
  const [share, name] = gb >= big5 ? [gb, 'gb18030'] : [big5, 'big5'];
  return share > 0.7 ? name : null;
}

/** Of the pairs that begin with a high byte; 0 where such pairs stand alone, as accents in Latin text do. */
function frequentShare(sample: Uint8Array, isFrequent: (lead: number, trail: number) => boolean): number {
  let pairs = 0;
  let frequent = 0;
  let runs = 0;
  let inRun = false;
  for (let at = 0; at < sample.length; at++) {
    const lead = sample[at] ?? 0;
    if (lead < 0x80) {
      inRun = false;
      continue;
    }
    const trail = sample[++at] ?? 0;
    pairs++;
    if (!inRun) runs++;
    inRun = true;
    // Punctuation and full-width letters belong to both.
    if (isFrequent(lead, trail) || lead === 0xa1 || lead === 0xa3) frequent++;
  }
  return pairs >= runs * 1.5 ? frequent / pairs : 0;
}

/** As TextDecoder has it; its GB18030 reads GBK and GB2312 too, and its windows-1252 Latin-1. Null for what it does not know. */
function labelOf(name: string): string | null {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return null;
  }
}

function decodes(sample: Uint8Array, label: string): boolean {
  try {
    // Its end may lie within a character.
    new TextDecoder(label, { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function finished(bytes: Uint8Array, encoding: string) {
  const text = new TextDecoder(encoding).decode(bytes);
  return { text: text.replace(/\r\n?|\u2028|\u2029/g, '\n').replaceAll('\0', '\uFFFD'), encoding };
}

function zeros(bytes: Uint8Array): number {
  let found = 0;
  for (const byte of bytes) if (byte === 0) found++;
  return found;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}
