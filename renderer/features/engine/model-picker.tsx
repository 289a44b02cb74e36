import { Boxes, Cable, ChevronDown, CloudDownload, Cpu, Globe, Settings } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ModelInfo } from '../../../electron/contract/manifest';
import { onlyRecognizes } from '../../../electron/contract/speech';
import { formatParameters } from '../../lib/format';
import { modelLabel } from '../../lib/model-label';
import { useChat } from '../../stores/chat';
import { useEngine } from '../../stores/engine';
import { chooseModel, useConversationModel } from '../../stores/model-choice';
import { openGetModel, openModels } from '../../stores/models';
import { openSettings } from '../../stores/ui';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu';
import { RemoteFacts } from '../connections/remote-facts';

/** The conversation's model, beside the title; pressed, the others. */
export function ModelPicker() {
  const { t } = useTranslation();
  const models = useEngine((state) => state.models).filter((model) => !onlyRecognizes(model));
  const usual = useEngine((state) => state.models.find(({ id }) => id === state.usual));
  const own = useChat((state) => state.options.modelId);
  const manifest = useConversationModel();
  if (models.length === 0) return null;
  const name = manifest ? modelLabel(manifest) : t('models.choose');
  const local = models.filter((model) => !model.remote);
  const elsewhere = models.filter((model) => model.remote);
  return (
    <Menu
      wide
      trigger={
        <button
          type="button"
          aria-label={manifest ? t('header.model', { name }) : name}
          className="flex min-w-36 shrink-3 items-center gap-1.5 rounded-lg px-2 py-1 text-sm text-mute @max-xl:-mx-2 @max-xl:max-w-[calc(100%+1rem)] @max-xl:py-0 @max-xl:text-xs transition-colors duration-100 hover:bg-hover hover:text-text data-[state=open]:bg-hover"
        >
          {manifest?.remote && (
            <Globe
              size={14}
              className="flex-none"
              aria-label={t('connections.onHost', { host: manifest.remote.host })}
            />
          )}
          <span className="truncate">
            {manifest ? manifest.name : name}
            {manifest && <span className="@max-sm:hidden">{name.slice(manifest.name.length)}</span>}
          </span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
    >
      <MenuLabel>{t('models.forConversation')}</MenuLabel>
      {local.map((model) => (
        <MenuItem
          key={model.id}
          icon={<Boxes size={15} aria-hidden />}
          checked={model.id === own}
          onSelect={() => chooseModel(model.id)}
        >
          <span className="block truncate">{model.name}</span>
          <LocalFacts model={model} />
        </MenuItem>
      ))}
      {elsewhere.length > 0 && (
        <>
          <MenuSeparator />
          <MenuLabel>{t('connections.others')}</MenuLabel>
        </>
      )}
      {elsewhere.map((model) => (
        <MenuItem
          key={model.id}
          icon={<Globe size={15} aria-hidden />}
          checked={model.id === own}
          onSelect={() => chooseModel(model.id)}
        >
          <span className="block truncate">{model.name}</span>
          <RemoteFacts model={model} />
        </MenuItem>
      ))}
      {usual && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<Settings size={15} aria-hidden />}
            checked={own === undefined}
            onSelect={() => chooseModel(null)}
          >
            <span className="block truncate">{t('models.usual')}</span>
            <span className="block truncate text-xs text-faint">
              {t('models.usualHelp', { name: usual.remote ? modelLabel(usual) : usual.name })}
            </span>
          </MenuItem>
        </>
      )}
      <MenuSeparator />
      <MenuItem icon={<CloudDownload size={15} aria-hidden />} onSelect={openGetModel}>
        {t('getModel.open')}
      </MenuItem>
      <MenuItem icon={<Cpu size={15} aria-hidden />} onSelect={openModels}>
        {t('modelsPage.manage')}
      </MenuItem>
      <MenuItem icon={<Cable size={15} aria-hidden />} onSelect={() => openSettings('connections')}>
        {t('connections.manage')}
      </MenuItem>
    </Menu>
  );
}

function LocalFacts({ model }: { readonly model: ModelInfo }) {
  const { t } = useTranslation();
  const { precision, parameters, contextLength } = model;
  return (
    <span className="block truncate text-xs text-faint">
      {[
        precision?.toUpperCase(),
        parameters && t('models.parameters', { size: formatParameters(parameters) }),
        t('models.context', { count: contextLength }),
      ]
        .filter(Boolean)
        .join(' · ')}
    </span>
  );
}
