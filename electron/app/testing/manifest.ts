import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../contract/manifest';
import { manifestOf } from './facts.mjs';

export const manifest = (id: string): Manifest => manifestOf(id, { name: `Model ${id}` });

/** A model's folder with nothing but its description; the fake engine needs no more. */
export function writeModel(parent: string, id: string, facts: Partial<Manifest> = {}): string {
  const folder = join(parent, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'autoglm.json'), JSON.stringify({ ...manifest(id), ...facts }));
  return folder;
}
