import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { importDecoder } from '../../../models/builder/families/decoder/import';
import { writeRandomFolder } from '../../../models/builder/families/decoder/random-folder';
import { byteTokenizer } from '../../../models/builder/tokenizer';

/** The byte tokenizer with the marks that models put around calls of tools among its special tokens. */
export const markedTokenizer: string = byteTokenizer()
  .replaceAll('<|reserved_20|>', '<tool_call>')
  .replaceAll('<|reserved_21|>', '</tool_call>')
  .replaceAll('<|reserved_22|>', '[TOOL_CALLS]')
  .replaceAll('<|reserved_23|>', '<|observation|>');

/** Makes a package of the family `decoder` of a folder that there is not yet: random weights below a chat template of somebody's. */
export async function writeRandomDecoder(folder: string, id: string, template: string): Promise<void> {
  writeRandomFolder(folder, 'transformers.js', 'mha');
  const change = (file: string, changes: object) => {
    const at = path.join(folder, file);
    writeFileSync(at, JSON.stringify({ ...JSON.parse(readFileSync(at, 'utf8')), ...changes }));
  };
  writeFileSync(path.join(folder, 'tokenizer.json'), markedTokenizer);
  change('tokenizer_config.json', { chat_template: template });
  change('config.json', { max_position_embeddings: 4096 });
  const names = { id, name: id, license: 'Apache-2.0', source: 'random weights' };
  const manifest = await importDecoder(folder, { names });
  writeFileSync(path.join(folder, 'autoglm.json'), JSON.stringify(manifest));
}
