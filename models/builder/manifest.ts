import type { Manifest } from '../../electron/contract/manifest';

export const MANIFEST_FILE = 'autoglm.json';

export type Quantizer = NonNullable<Manifest['quantizer']>;

export interface PackageFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PackageNames {
  readonly id: string;
  readonly name: string;
  readonly license: string;
  readonly source: string;
}
