import { Minus, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { Segmented } from '../../ui/segmented';
import type { Setting } from './setting';

const SMALLEST = 12;
const LARGEST = 22;

function FontSize({ labelledBy }: { readonly labelledBy: string }) {
  const { t } = useTranslation();
  const size = useSettings((settings) => settings.fontSize);
  const set = (fontSize: number) => void updateSettings({ fontSize });
  const button =
    'grid size-7 place-items-center rounded-md text-mute hover:bg-raise hover:text-text disabled:opacity-40';
  return (
    <fieldset aria-labelledby={labelledBy} className="flex items-center rounded-lg bg-soft p-0.5">
      <button
        type="button"
        aria-label={t('commands.smaller')}
        disabled={size <= SMALLEST}
        onClick={() => set(size - 1)}
        className={button}
      >
        <Minus size={15} aria-hidden />
      </button>
      <output className="tabular w-10 text-center text-sm">{size}</output>
      <button
        type="button"
        aria-label={t('commands.larger')}
        disabled={size >= LARGEST}
        onClick={() => set(size + 1)}
        className={button}
      >
        <Plus size={15} aria-hidden />
      </button>
    </fieldset>
  );
}

export const look: readonly Setting[] = [
  {
    label: 'settings.theme',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const theme = useSettings((settings) => settings.theme);
      return (
        <Segmented
          value={theme}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ theme: value })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'light', label: t('settings.light') },
            { value: 'dark', label: t('settings.dark') },
          ]}
        />
      );
    },
  },
  { label: 'settings.fontSize', Control: FontSize },
  {
    label: 'settings.density',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const density = useSettings((settings) => settings.density);
      return (
        <Segmented
          value={density}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ density: value })}
          options={[
            { value: 'comfortable', label: t('settings.comfortable') },
            { value: 'compact', label: t('settings.compact') },
          ]}
        />
      );
    },
  },
  {
    label: 'settings.contrast',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const contrast = useSettings((settings) => settings.contrast);
      return (
        <Segmented
          value={contrast}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ contrast: value })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'high', label: t('settings.high') },
          ]}
        />
      );
    },
  },
  {
    label: 'settings.motion',
    help: 'settings.motionHelp',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const motion = useSettings((settings) => settings.motion);
      return (
        <Segmented
          value={motion}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ motion: value })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'reduced', label: t('settings.reduced') },
          ]}
        />
      );
    },
  },
];
