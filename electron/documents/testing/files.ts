import { crc32, deflateRawSync } from 'node:zlib';

/** Small documents of each kind, made for a test. */

export interface PdfOptions {
  /** Asks for a password, as its keys belong to another. */
  readonly encrypted?: boolean;
  /** Text in GBK, in a font that is not in the file: its characters are found by a predefined CMap alone. */
  readonly gbk?: boolean;
}

/** A PDF of pages of lines; an empty page is one that was scanned. */
export function pdf(pages: readonly (readonly string[])[], { encrypted, gbk }: PdfOptions = {}): Buffer {
  const objects: (string | Buffer)[] = [];
  const add = (content: string | Buffer) => objects.push(content);
  add('<< /Type /Catalog /Pages 2 0 R >>');
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  add(
    gbk
      ? `<< /Type /Font /Subtype /Type0 /BaseFont /STSong /Encoding /GBK-EUC-H /DescendantFonts [
          << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong
             /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>
             /FontDescriptor << /Type /FontDescriptor /FontName /STSong /Flags 4 /ItalicAngle 0
               /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /FontBBox [0 -200 1000 800] >> >> ] >>`
      : '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  );
  for (const [index, lines] of pages.entries()) {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + index * 2} 0 R >>`,
    );
    const shown = lines.map((line) => `${gbk ? `<${line}>` : `(${line.replace(/[()\\]/g, '\\$&')})`} Tj T*`);
    const content = lines.length > 0 ? `BT /F1 12 Tf 14 TL 72 770 Td\n${shown.join('\n')}\nET` : '';
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  if (encrypted) {
    const key = '00'.repeat(32);
    add(`<< /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -4 >>`);
  }
  const parts: string[] = ['%PDF-1.4\n'];
  const places: number[] = [];
  let length = parts[0]!.length;
  for (const [index, object] of objects.entries()) {
    places.push(length);
    const text = `${index + 1} 0 obj\n${object}\nendobj\n`;
    parts.push(text);
    length += text.length;
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const encrypt = encrypted ? ` /Encrypt ${objects.length} 0 R /ID [<00> <00>]` : '';
  parts.push(
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R${encrypt} >>\nstartxref\n${length}\n%%EOF\n`,
  );
  return Buffer.from(parts.join(''), 'latin1');
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** What the archive says the size is; default: the truth. */
  readonly claims?: number;
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, content, claims = content.length } of entries) {
    const packed = deflateRawSync(content);
    const file = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims, 18);
    common.writeUInt16LE(file.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, file, packed]);
    const head = Buffer.alloc(46);
    head.write('PK\x01\x02', 'latin1');
    head.writeUInt16LE(20, 4);
    common.copy(head, 6);
    head.writeUInt32LE(at, 42);
    locals.push(local);
    central.push(head, file);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';

/** A Word document of some WordprocessingML for its body. */
export function docx(body: string, more: readonly ZipEntry[] = [], claims?: number): Buffer {
  const text = (name: string, content: string, size?: number) => ({
    name,
    content: Buffer.from(content),
    ...(size !== undefined && { claims: size }),
  });
  return zip([
    text(
      '[Content_Types].xml',
      `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    ),
    text(
      '_rels/.rels',
      `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    ),
    text(
      'word/document.xml',
      `<?xml version="1.0"?><w:document xmlns:w="${WORD}"><w:body>${body}</w:body></w:document>`,
      claims,
    ),
    ...more,
  ]);
}

export function paragraph(text: string, style?: string): string {
  const properties = style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : '';
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}
