import i18next from 'i18next';
import { Calculator, Globe, Image, Languages, type LucideIcon, Mic } from 'lucide-react';
import type { Manifest } from '../../../electron/contract/manifest';
import shapes from '../../assets/shapes.svg?raw';
import { uploadFile } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import { showError } from '../../stores/toasts';
import { send } from '../../stores/turns';

export const EXAMPLES = {
  arithmetic: Calculator,
  picture: Image,
  voice: Mic,
  fact: Globe,
  translation: Languages,
} as const satisfies Readonly<Record<string, LucideIcon>>;

export type Example = keyof typeof EXAMPLES;

interface Senses {
  readonly modalities: Manifest['modalities'];
  /** Whether what is said now would be understood. */
  readonly hears: boolean;
}

/** Three things that can be done now: nothing is offered that the model in use would have to refuse. */
export function examplesFor({ modalities, hears }: Senses): readonly Example[] {
  const seen = modalities.includes('image') ? (['picture'] as const) : [];
  const heard = hears ? (['voice'] as const) : [];
  return ['arithmetic' as const, ...seen, ...heard, 'fact' as const, 'translation' as const].slice(0, 3);
}

/** Asks one; `voice` is held and spoken instead. */
export async function askExample(example: Exclude<Example, 'voice'>): Promise<void> {
  const text = i18next.t(`empty.${example}Prompt`);
  if (example !== 'picture') {
    await send(text);
    return;
  }
  try {
    const file = new Blob([shapes], { type: 'image/svg+xml' });
    await send(text, [await uploadFile(file, `${i18next.t('empty.pictureName')}.svg`)]);
  } catch (error) {
    showError(errorInfo(error));
  }
}
