import { fromBuffer, type ZipFile } from 'yauzl';
import { DocumentError } from './errors';
import { htmlToText } from './html';

/** Of all the XML in a document: mammoth takes ten times as much memory. A book of a thousand pages has 20 MB. */
const MAX_XML_BYTES = 128 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/** The text of a Word document: headings, lists and tables as `htmlToText` writes them. Comments, headers and footers are left out. */
export async function docxText(bytes: Buffer): Promise<string> {
  await requireSound(bytes);
  const { default: mammoth } = await import('mammoth');
  const { value } = await damagedUnless(() =>
    mammoth.convertToHtml(
      { buffer: bytes },
      // Pictures would come along as base64.
      { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), includeDefaultStyleMap: true },
    ),
  );
  return htmlToText(value);
}

/** Unpacks the XML once, to nowhere: mammoth would hold all of it, whatever it comes to. */
async function requireSound(bytes: Buffer): Promise<void> {
  const zip = await damagedUnless(() => open(bytes));
  let main = false;
  let encrypted = false;
  let total = 0;
  let entries = 0;
  try {
    for await (const entry of entriesOf(zip)) {
      if (++entries > MAX_ENTRIES) throw new DocumentError('too-much-text');
      const { fileName, uncompressedSize } = entry;
      if (fileName === 'EncryptedPackage' || entry.isEncrypted()) encrypted = true;
      if (fileName === 'word/document.xml') main = true;
      if (!/\.(xml|rels)$/i.test(fileName)) continue;
      if (encrypted) break;
      total += uncompressedSize;
      if (total > MAX_XML_BYTES) throw new DocumentError('too-much-text');
      // It fails where there is more than the entry says.
      for await (const piece of await reading(zip, entry)) void piece;
    }
  } catch (error) {
    throw error instanceof DocumentError ? error : new DocumentError('damaged');
  } finally {
    zip.close();
  }
  if (encrypted) throw new DocumentError('encrypted');
  if (!main) throw new DocumentError('unsupported');
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}

type Entry = Parameters<ZipFile['openReadStream']>[0];

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | null>((resolve, reject) => {
      const settle = (work: () => void) => {
        zip.removeAllListeners('entry');
        zip.removeAllListeners('end');
        zip.removeAllListeners('error');
        work();
      };
      zip.once('entry', (found: Entry) => settle(() => resolve(found)));
      zip.once('end', () => settle(() => resolve(null)));
      zip.once('error', (error) => settle(() => reject(error)));
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

function reading(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

async function damagedUnless<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(error instanceof RangeError ? 'too-complex' : 'damaged');
  }
}
