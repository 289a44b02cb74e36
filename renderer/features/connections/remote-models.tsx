import { Cable, Check, Globe } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ModelInfo } from '../../../electron/contract/manifest';
import { loadModel, useEngine } from '../../stores/engine';
import { useSettings } from '../../stores/settings';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { RemoteFacts } from './remote-facts';

/** On the models page, below those of this machine: the models of connections, and the way to them. */
export function RemoteModels() {
  const { t } = useTranslation();
  const all = useEngine((state) => state.models);
  const models = all.filter(({ remote }) => remote);
  return (
    <section aria-labelledby="remote-models">
      <div className="flex items-center justify-between pt-4 pb-2">
        <h3 id="remote-models" className="text-sm font-medium">
          {t('connections.others')}
        </h3>
        <Button size="sm" onClick={() => openSettings('connections')}>
          <Cable size={15} aria-hidden />
          {t('connections.manage')}
        </Button>
      </div>
      {models.length === 0 ? (
        <p className="text-xs text-faint">{t('connections.emptyHelp')}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {models.map((model) => (
            <Row key={model.id} model={model} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ model }: { readonly model: ModelInfo }) {
  const { t } = useTranslation();
  const isDefault = useSettings((settings) => settings.modelId) === model.id;
  return (
    <li aria-label={model.name} className="flex items-center gap-3 rounded-xl border border-line px-4 py-3">
      <Globe size={16} className="flex-none text-mute" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm font-medium">{model.name}</span>
        <RemoteFacts model={model} />
      </span>
      {isDefault ? (
        <span className="flex flex-none items-center gap-1.5 text-xs text-mute">
          <Check size={14} className="text-accent" aria-hidden />
          {t('modelsPage.isDefault')}
        </span>
      ) : (
        <Button size="sm" onClick={() => void loadModel(model.id)}>
          {t('models.load')}
        </Button>
      )}
    </li>
  );
}
