import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DOCX, type DocumentType, documentTypeOf } from '../contract/documents';
import { decodeText } from './decode-text';
import { extract } from './extract';
import { docx, paragraph, pdf, zip } from './testing/files';

async function textOf(bytes: Uint8Array, type: DocumentType) {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'in');
  writeFileSync(path, bytes);
  const facts = await extract(path, type, join(folder, 'out'));
  return { ...facts, text: readFileSync(join(folder, 'out'), 'utf8') };
}

const refused = (bytes: Uint8Array, type: DocumentType) => expect(textOf(bytes, type)).rejects;
const hex = (text: string) => Buffer.from(text, 'hex');

const ENCODED: readonly (readonly [string, Buffer, string])[] = [
  ['UTF-8', Buffer.from('naïve 你好 🙂'), 'naïve 你好 🙂'],
  ['UTF-8 with a mark', Buffer.from('\uFEFFname,value'), 'name,value'],
  ['UTF-16 LE with a mark', Buffer.from('\uFEFFHello 你好', 'utf16le'), 'Hello 你好'],
  ['UTF-16 BE with a mark', Buffer.from('\uFEFFHello 你好', 'utf16le').swap16(), 'Hello 你好'],
  ['UTF-16 LE without', Buffer.from('Plain words\r\nin two lines', 'utf16le'), 'Plain words\nin two lines'],
  ['UTF-16 BE without', Buffer.from('Plain words', 'utf16le').swap16(), 'Plain words'],
  ['GB18030, two names', hex('c4e3bac32cd5c5c8fd0a'), '你好,张三\n'],
  ['Latin-1', Buffer.from('Café crème à Zürich', 'latin1'), 'Café crème à Zürich'],
];

describe('decodeText', () => {
  it.each(ENCODED)('reads %s', (_, bytes, text) => {
    expect(decodeText(bytes).text).toBe(text);
  });

  it.each([
    ['gb18030', '甲方应于三日内支付合同金额，逾期按日计算违约金。'],
    ['big5', '甲方應於三日內支付合約金額，逾期按日計算違約金。'],
    ['shift_jis', 'これは日本語の文章です。とても短いです。'],
  ])('reads a sentence in %s', (encoding, text) => {
    expect(decodeText(encode(text, encoding)).text).toBe(text);
  });

  it('keeps a log with a torn character as UTF-8', () => {
    const torn = Buffer.concat([Buffer.from('日志开始 '.repeat(20)), hex('e4bd'), Buffer.from(' 结束')]);
    expect(decodeText(torn).text).toMatch(/^日志开始.*\uFFFD 结束$/u);
  });

  it('refuses what is no text, whatever its name', () => {
    const binary = Buffer.from(Uint8Array.from({ length: 5_000 }, (_, at) => (at * 197) % 256));
    expect(() => decodeText(binary)).toThrow('unsupported');
    expect(documentTypeOf(binary, 'notes.txt')).toBeNull();
  });
});

/** TextDecoder run backwards over the characters a text holds. */
function encode(text: string, encoding: string): Buffer {
  const decoder = new TextDecoder(encoding);
  const codes = new Map<string, readonly number[]>();
  for (let lead = 0x20; lead < 0x80; lead++) codes.set(decoder.decode(Uint8Array.of(lead)), [lead]);
  for (let lead = 0x81; lead < 0xff; lead++)
    for (let trail = 0x40; trail < 0xff; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if ([...character].length === 1 && !codes.has(character)) codes.set(character, [lead, trail]);
    }
  return Buffer.from([...text].flatMap((character) => codes.get(character) ?? []));
}

describe('documentTypeOf', () => {
  const of = (text: string, name = 'file') => documentTypeOf(Buffer.from(text, 'latin1'), name);
  it('goes by content, and by the name where that says nothing', () => {
    expect(of('%PDF-1.7\n')).toBe('application/pdf');
    expect(of('name,value\n1,2', 'a.csv')).toBe('text/plain');
    expect(of('{"a": 1}', 'a.json')).toBe('text/plain');
    expect(of('<!DOCTYPE html><p>')).toBe('text/html');
    expect(of('<p>', 'page.HTM')).toBe('text/html');
    expect(of('PK\x03\x04....', 'letter.DOCX')).toBe(DOCX);
    expect(of('PK\x03\x04....word/document.xml')).toBe(DOCX);
    expect(of('PK\x03\x04....', 'photos.zip')).toBeNull();
    expect(of('\x7fELF\x02\x01\x01\0\0\0', 'program.txt')).toBeNull();
    expect(of('')).toBeNull();
  });
});

describe('extract', () => {
  it('counts the lines of text, and makes all line ends one', async () => {
    expect(await textOf(Buffer.from('a\r\nb\rc\n'), 'text/plain')).toEqual({
      text: 'a\nb\nc\n',
      characters: 6,
      lines: 3,
    });
  });

  it('refuses a file without a word', async () => {
    await refused(Buffer.from(' \n\t\n'), 'text/plain').toMatchObject({ reason: 'no-text' });
  });

  it('refuses more text than is kept', async () => {
    await refused(Buffer.alloc(20_000_001, 'a'), 'text/plain').toMatchObject({ reason: 'too-much-text' });
  });

  it('reads a page: headings, lists, tables; no scripts, styles or addresses', async () => {
    const page = `<!doctype html><title>T</title><style>p{}</style><h2>Prices &amp; terms</h2>
      <p>See <a href="https://example.org/very/long">the list</a>.<script>alert(1)</script></p>
      <ul><li>one<li>two</ul><table><tr><th>Name<th>Sum<tr><td>Ann<td>12</table>`;
    const { text } = await textOf(Buffer.from(page), 'text/html');
    expect(text).toMatch(
      /## Prices & terms\n\nSee the list\.\n\n\s*- one\n\s*- two\n\nName \| Sum\nAnn \| 12/,
    );
    expect(text).not.toMatch(/alert|example\.org|p\{\}/);
  });

  it('reads a page in the encoding it declares', async () => {
    const page = Buffer.concat([
      Buffer.from('<html><meta charset="gb2312"><p>'),
      hex('c4e3bac3'),
      Buffer.from('</p>'),
    ]);
    expect((await textOf(page, 'text/html')).text).toBe('你好');
  });

  it('keeps the rows of a table, and takes layout by tables for blocks', async () => {
    const of = async (page: string) => (await textOf(Buffer.from(page), 'text/html')).text;
    expect(await of('<table><tr><td><th>A<th>B<tr><td><p>x</p><td><td>2</table>')).toBe('| A | B\nx |  | 2');
    const long = 'word '.repeat(60).trim();
    const layout = `<table><tr><td><p>${long}</p><p>Next</p><td>beside</table>`;
    expect(await of(layout)).toBe(`${long}\n\nNext\n\nbeside`);
    expect(await of('<table><tr><td><table><tr><td>a<td>b</table><td>c</table>')).toBe('a | b\n\nc');
    expect(await of('<ol><li><p>one</p><li>two<ul><li>in</ul></ol><pre>if x:\n  y</pre>')).toBe(
      '1. one\n\n2. two\n  - in\n\nif x:\n  y',
    );
  });

  it('is not held up by a page that was made to', async () => {
    const before = process.cpuUsage();
    const of = (begin: string, unit: string, bytes: number, end = '') =>
      textOf(
        Buffer.from(`<!doctype html>${begin}${unit.repeat(bytes / unit.length)}${end}`),
        'text/html',
      ).then(
        ({ text }) => text,
        ({ reason }) => reason,
      );
    expect(await of('<p>top</p>', '<div>', 1e6, 'deep')).toBe('too-complex');
    expect(await of('', '<table><tr><td>', 1e6)).toBe('too-complex');
    expect(await of('', '<ul><li>x', 1e6)).toBe('too-complex');
    // Without end tags, as old pages have them.
    expect(await of('', '<font>', 1e6, 'x')).toBe('x');
    expect(await of('<div>'.repeat(490), '</ul>', 1e6, 'y')).toBe('y');
    expect(await of('', '<p> </p>', 1e6, 'y')).toBe('y');
    expect(await of('<table>', '<tr><td colspan=1000000000 rowspan=1000000000>a<td>b', 52)).toBe('a | b');
    const wide = await of(`<table><tr><td>${'a'.repeat(1e5)}`, '<tr><td>b<td>c', 3e5);
    // No column is filled up with spaces.
    expect(wide.length).toBeLessThan(5e5);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(5);
  }, 60_000);

  it('reads a PDF page by page, with its paragraphs', async () => {
    const two = pdf([['First line', 'second line'], ['Page two (really)']]);
    expect(await textOf(two, 'application/pdf')).toMatchObject({
      pages: 2,
      text: '[Page 1]\nFirst line\nsecond line\n\n[Page 2]\nPage two (really)',
    });
    expect((await textOf(pdf([['Alone']]), 'application/pdf')).text).toBe('Alone');
  });

  it('reads a Chinese PDF whose font is not in it', async () => {
    const { text } = await textOf(pdf([['c4e3bac3cac0bde7']], { gbk: true }), 'application/pdf');
    expect(text).toBe('你好世界');
  });

  it('says why it does not read a PDF', async () => {
    await refused(pdf([['secret']], { encrypted: true }), 'application/pdf').toMatchObject({
      reason: 'encrypted',
    });
    await refused(pdf([[], []]), 'application/pdf').toMatchObject({ reason: 'no-text' });
    await refused(Buffer.from('%PDF-1.7\nnothing'), 'application/pdf').toMatchObject({ reason: 'damaged' });
  });

  it('reads a Word document: headings, paragraphs, tables', async () => {
    const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
    const body = `${paragraph('Report', 'Heading1')}${paragraph('营业额 &amp; costs')}
      <w:tbl><w:tr>${cell('Year')}${cell('Sum')}</w:tr><w:tr>${cell('2025')}${cell('7')}</w:tr></w:tbl>`;
    const { text } = await textOf(docx(body), DOCX);
    expect(text).toMatch(/营业额 & costs\n\nYear \| Sum\n2025 \| 7/);
    expect(text).toContain('Report');
  });

  it('says why it does not read a Word document', async () => {
    await refused(docx(''), DOCX).toMatchObject({ reason: 'no-text' });
    await refused(docx(paragraph('whole')).subarray(0, 300), DOCX).toMatchObject({ reason: 'damaged' });
    await refused(zip([{ name: 'xl/workbook.xml', content: Buffer.from('<x/>') }]), DOCX).toMatchObject({
      reason: 'unsupported',
    });
  });

  it('does not unpack a bomb, whether it says what it is or not', async () => {
    const large = docx(paragraph('a'), [{ name: 'word/x.xml', content: Buffer.from('x'), claims: 2 ** 31 }]);
    await refused(large, DOCX).toMatchObject({ reason: 'too-much-text' });
    const before = process.memoryUsage().rss;
    const liar = docx(`${paragraph('a')}${' '.repeat(40_000_000)}`, [], 1_000);
    await refused(liar, DOCX).toMatchObject({ reason: 'damaged' });
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });
});

describe('guardMemory', () => {
  it('ends a process that takes too much, in the middle of its work', () => {
    const guard = JSON.stringify(new URL('./memory-guard.ts', import.meta.url).href);
    const script = `const { guardMemory } = await import(${guard});
      guardMemory(300e6);
      const held = [];
      const end = Date.now() + 20_000;
      while (Date.now() < end) if (held.length < 400) held.push(Buffer.alloc(2e6, 1));`;
    expect(() =>
      execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: 'pipe',
      }),
    ).toThrow(expect.objectContaining({ signal: 'SIGKILL' }));
  }, 30_000);
});
