import { BookmarkPlus, ChevronDown, Settings2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../stores/settings';
import { showToast } from '../../stores/toasts';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu';
import { addPreset, builtIn, nameFrom } from './presets';

interface Props {
  /** The system prompt as it stands. */
  readonly prompt: string;
  readonly onChoose: (prompt: string) => void;
  /** Absent where the menu is in the settings already. */
  readonly manage?: boolean;
}

export function PresetMenu({ prompt, onChoose, manage = true }: Props) {
  const { t } = useTranslation();
  const own = useSettings((settings) => settings.presets);
  const known = own.some((preset) => preset.prompt === prompt);
  return (
    <Menu
      align="start"
      trigger={
        <Button size="sm" className="self-start">
          {t('presets.choose')}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      {own.length > 0 && <MenuLabel>{t('presets.own')}</MenuLabel>}
      {own.map((preset) => (
        <MenuItem key={preset.id} checked={preset.prompt === prompt} onSelect={() => onChoose(preset.prompt)}>
          {preset.name || t('presets.unnamed')}
        </MenuItem>
      ))}
      <MenuLabel>{t('presets.builtIn')}</MenuLabel>
      {builtIn.map((key) => (
        <MenuItem
          key={key}
          checked={t(`presets.${key}.prompt`) === prompt}
          onSelect={() => onChoose(t(`presets.${key}.prompt`))}
        >
          {t(`presets.${key}.name`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem
        icon={<BookmarkPlus size={16} />}
        disabled={prompt.trim() === '' || known}
        onSelect={() => {
          addPreset(nameFrom(prompt), prompt);
          showToast(t('presets.saved'), {
            label: t('presets.manage'),
            run: () => openSettings('generation'),
          });
        }}
      >
        {t('presets.save')}
      </MenuItem>
      {manage && (
        <MenuItem icon={<Settings2 size={16} />} onSelect={() => openSettings('generation')}>
          {t('presets.manage')}
        </MenuItem>
      )}
    </Menu>
  );
}
