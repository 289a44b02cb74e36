import { useTranslation } from 'react-i18next';
import type { ProviderFailure } from '../../../electron/contract/engine';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { deviceText } from '../../lib/device';
import { formatBytes, formatDuration, formatParameters } from '../../lib/format';
import { currentManifest, loadModel, useEngine } from '../../stores/engine';
import { openModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { FactRows } from '../../ui/fact-rows';
import { TechnicalDetails } from './technical-details';
import { useErrorText } from './use-error-text';

/** Everything about the model in use, what was passed over and why, and the way out of a failure. */
export function EngineDetails() {
  const { t, i18n } = useTranslation();
  const status = useEngine((state) => state.status);
  const manifest = useEngine(currentManifest);
  const locale = i18n.language;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm font-semibold">{manifest?.name ?? t('engine.stopped')}</p>
      {status.state === 'failed' && <Failure error={status.error} modelId={status.modelId} />}
      {status.state === 'loading' && (
        <p className="text-mute">
          {t(`engine.${status.phase}`)} · {Math.round(status.fraction * 100)}%
        </p>
      )}
      {status.state === 'unloaded' && <p className="text-mute">{t('engine.unloadedHelp')}</p>}
      {status.state === 'ready' && manifest && (
        <>
          <FactRows
            rows={[
              [t('engine.device'), deviceText(status.model.device, t)],
              ...(manifest.precision
                ? [[t('stats.precision'), manifest.precision.toUpperCase()] as const]
                : []),
              ...(manifest.remote
                ? []
                : [[t('engine.memoryLabel'), formatBytes(status.model.memoryBytes, locale)] as const]),
              [t('engine.contextLength'), t('stats.tokens', { count: status.model.contextLength })],
              ...(manifest.parameters
                ? [[t('models.size'), formatParameters(manifest.parameters)] as const]
                : []),
              ...(manifest.remote
                ? []
                : [[t('engine.loadedIn'), formatDuration(status.model.loadMs, t)] as const]),
            ]}
          />
          {manifest.remote && (
            <p className="text-mute">
              {t('connections.onHost', { host: `\u2068${manifest.remote.host}\u2069` })}
            </p>
          )}
          {status.model.operatorsOnCpu && (
            <p className="text-mute wrap-anywhere">
              {t('engine.operatorsOnCpu', {
                provider: t(`providers.${status.model.provider}`),
                operators: status.model.operatorsOnCpu.join(', '),
              })}
            </p>
          )}
          {status.model.passedOver.map((failure) => (
            <PassedOver key={failure.provider} {...failure} />
          ))}
        </>
      )}
    </div>
  );
}

function PassedOver({ provider, error }: ProviderFailure) {
  const { t } = useTranslation();
  const { text, technical } = useErrorText(error);
  return (
    <div className="rounded-lg bg-soft p-2.5">
      <p className="font-medium">{t('engine.passedOver', { provider: t(`providers.${provider}`) })}</p>
      <p className="mt-0.5 wrap-anywhere text-mute">{text}</p>
      <TechnicalDetails text={technical} />
    </div>
  );
}

function Failure({ error, modelId }: { readonly error: ErrorInfo; readonly modelId: string | null }) {
  const { t } = useTranslation();
  const { title, text, technical } = useErrorText(error);
  return (
    <div role="alert" className="flex flex-col gap-2">
      <div>
        <p className="font-medium text-danger">{title}</p>
        <p className="mt-0.5 wrap-anywhere text-mute">{text}</p>
        <TechnicalDetails text={technical} />
      </div>
      <div className="flex flex-wrap gap-2">
        {modelId && (
          <Button look="primary" onClick={() => void loadModel(modelId)}>
            {t('engine.retry')}
          </Button>
        )}
        <Button onClick={openModels}>{t('modelsPage.manage')}</Button>
      </div>
    </div>
  );
}
