import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = 'autoglm.json';

interface Facts {
  id: string;
  modalities: string[];
}

/** A model without eyes and ears: everybody asks its manifest what it takes beside text. */
export function writeTextOnly(model: string, out: string, id?: string): void {
  cpSync(model, out, { recursive: true });
  const facts = JSON.parse(readFileSync(join(out, MANIFEST), 'utf8')) as Facts;
  facts.modalities = ['text'];
  if (id !== undefined) facts.id = id;
  writeFileSync(join(out, MANIFEST), JSON.stringify(facts));
}
