import { ChevronRight, Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preset } from '../../../electron/contract/settings';
import { useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { TextArea } from '../../ui/text-area';
import { addPreset, changePreset, deletePreset } from './presets';

/** The user's own presets in the settings: made, edited, deleted. */
export function PresetList() {
  const { t } = useTranslation();
  const presets = useSettings((settings) => settings.presets);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className="flex flex-col gap-1">
      {presets.map((preset) => (
        <PresetRow
          key={preset.id}
          preset={preset}
          open={open === preset.id}
          onToggle={() => setOpen(open === preset.id ? null : preset.id)}
        />
      ))}
      <Button
        size="sm"
        className="mt-1 self-start"
        onClick={() => setOpen(addPreset(t('presets.newName'), ''))}
      >
        <Plus size={15} aria-hidden />
        {t('presets.add')}
      </Button>
    </div>
  );
}

interface RowProps {
  readonly preset: Preset;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function PresetRow({ preset, open, onToggle }: RowProps) {
  const { t } = useTranslation();
  const textId = useId();
  const { id, name, prompt } = preset;
  const shown = name || t('presets.unnamed');
  return (
    <div className="rounded-lg border border-line">
      <div className="flex h-9 items-center ps-1 pe-1">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex h-7 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 text-start text-sm"
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={`flex-none text-faint transition-transform duration-100 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
          />
          <span className="truncate" dir="auto">
            {shown}
          </span>
        </button>
        <IconButton size="sm" label={t('presets.delete', { name: shown })} onClick={() => deletePreset(id)}>
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </div>
      {open && (
        <div className="flex flex-col gap-2 px-3 pb-3">
          <input
            defaultValue={name}
            maxLength={100}
            dir="auto"
            aria-label={t('presets.name')}
            onBlur={(event) => changePreset(id, { name: event.target.value.trim() })}
            className="h-8 rounded-lg border border-edge bg-control px-3 text-sm hover:border-line-strong focus:border-accent focus:outline-none"
          />
          <span id={textId} className="sr-only">
            {t('presets.prompt')}
          </span>
          <TextArea
            value={prompt}
            maxLength={20_000}
            labelledBy={textId}
            placeholder={t('settings.systemPromptPlaceholder')}
            onChange={(text) => changePreset(id, { prompt: text })}
          />
        </div>
      )}
    </div>
  );
}
