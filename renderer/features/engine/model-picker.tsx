import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { onlyRecognizes } from '../../../electron/contract/speech';
import { formatParameters } from '../../lib/format';
import { useChat } from '../../stores/chat';
import { useEngine } from '../../stores/engine';
import { chooseModel, useConversationModel } from '../../stores/model-choice';
import { openModels } from '../../stores/models';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu';

/** The conversation's model, beside the title; pressed, the others. */
export function ModelPicker() {
  const { t } = useTranslation();
  const models = useEngine((state) => state.models).filter((model) => !onlyRecognizes(model));
  const usual = useEngine((state) => state.models.find(({ id }) => id === state.usual));
  const own = useChat((state) => state.options.modelId);
  const manifest = useConversationModel();
  if (models.length === 0) return null;
  const name = manifest ? `${manifest.name} · ${manifest.precision.toUpperCase()}` : t('models.choose');
  return (
    <Menu
      wide
      trigger={
        <button
          type="button"
          aria-label={manifest ? t('header.model', { name }) : name}
          className="flex min-w-36 shrink-3 items-center gap-1.5 rounded-lg px-2 py-1 text-sm text-mute transition-colors duration-100 hover:bg-hover hover:text-text data-[state=open]:bg-hover"
        >
          <span className="truncate">{name}</span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
    >
      <MenuLabel>{t('models.forConversation')}</MenuLabel>
      {models.map((model) => (
        <MenuItem key={model.id} checked={model.id === own} onSelect={() => chooseModel(model.id)}>
          <span className="block truncate">{model.name}</span>
          <span className="block truncate text-xs text-faint">
            {[
              model.precision.toUpperCase(),
              t('models.parameters', { size: formatParameters(model.parameters) }),
              t('models.context', { count: model.contextLength }),
            ].join(' · ')}
          </span>
        </MenuItem>
      ))}
      {usual && (
        <>
          <MenuSeparator />
          <MenuItem checked={own === undefined} onSelect={() => chooseModel(null)}>
            <span className="block truncate">{t('models.usual')}</span>
            <span className="block truncate text-xs text-faint">
              {t('models.usualHelp', { name: usual.name })}
            </span>
          </MenuItem>
        </>
      )}
      <MenuSeparator />
      <MenuItem onSelect={openModels}>{t('modelsPage.manage')}</MenuItem>
    </Menu>
  );
}
