import type { ModelInfo } from '../../electron/contract/manifest';

type Named = Pick<ModelInfo, 'name' | 'precision' | 'remote'>;

/** A model's name, and what tells it from others of that name: where it runs, or how it is rounded. */
export function modelLabel({ name, precision, remote }: Named): string {
  const more = remote?.name ?? precision?.toUpperCase();
  return more ? `${name} · ${more}` : name;
}
