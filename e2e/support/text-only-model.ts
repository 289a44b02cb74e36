import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = 'autoglm.json';

interface Facts {
  id: string;
  modalities: string[];
}

/** The built-in model without eyes and ears: what it takes beside text follows its training, and everybody asks its manifest. */
export function writeTextOnly(model: string, out: string, id?: string): void {
  cpSync(model, out, { recursive: true });
  const facts = JSON.parse(readFileSync(join(out, MANIFEST), 'utf8')) as Facts;
  facts.modalities = ['text'];
  if (id !== undefined) facts.id = id;
  writeFileSync(join(out, MANIFEST), JSON.stringify(facts));
}

/** What a package takes, by its manifest. */
export function modalitiesOf(model: string): readonly string[] {
  return (JSON.parse(readFileSync(join(model, MANIFEST), 'utf8')) as Facts).modalities;
}
