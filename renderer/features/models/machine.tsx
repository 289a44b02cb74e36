import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import type { CudaLibraries, Hardware } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatBytes } from '../../lib/format';
import { attempt, useModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { Fact } from '../../ui/fact-rows';
import { useErrorText } from '../engine/use-error-text';

/** Graphics cards, memory, processor, and the libraries that a graphics card needs. */
export function Machine({ hardware: { graphics, memory, processor } }: { readonly hardware: Hardware }) {
  const { t, i18n } = useTranslation();
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  return (
    <section aria-labelledby="this-machine" className="pt-6 first:pt-4">
      <h3 id="this-machine" className="mb-2 text-sm font-medium">
        {t('modelsPage.machine')}
      </h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 rounded-xl bg-soft px-4 py-3 text-xs">
        <Fact label={t('modelsPage.graphics')}>
          {graphics === null && <p>{t('modelsPage.checking')}</p>}
          {graphics?.gpus.map(({ id, name, totalBytes, freeBytes }) => (
            <p key={id}>
              {freeBytes === null
                ? t('modelsPage.gpuLineTotal', { name, total: size(totalBytes) })
                : t('modelsPage.gpuLine', { name, free: size(freeBytes), total: size(totalBytes) })}
            </p>
          ))}
          {graphics?.driver && (
            <p className="text-mute">
              {graphics.driver.version === null
                ? t('modelsPage.driverCuda', { cuda: graphics.driver.cuda })
                : t('modelsPage.driver', {
                    version: graphics.driver.version,
                    cuda: graphics.driver.cuda,
                  })}
            </p>
          )}
          {graphics?.gpus.length === 0 && (
            <>
              <p>{t('modelsPage.noGpu')}</p>
              <Reason error={graphics.reason} />
            </>
          )}
        </Fact>
        {graphics && graphics.gpus.length > 0 && (
          <Fact label={t('modelsPage.cuda')}>
            <Cuda provider={graphics.runtime.cudaProvider} version={graphics.runtime.version} />
          </Fact>
        )}
        <Fact label={t('modelsPage.mainMemory')}>
          {t('modelsPage.memoryLine', { free: size(memory.freeBytes), total: size(memory.totalBytes) })}
        </Fact>
        <Fact label={t('modelsPage.processor')}>
          {[processor.name, t('modelsPage.threads', { count: processor.threads })]
            .filter(Boolean)
            .join(' · ')}
        </Fact>
      </dl>
    </section>
  );
}

function Reason({ error }: { readonly error: ErrorInfo | null }) {
  const { text } = useErrorText(error);
  return error && <p className="text-mute">{text}</p>;
}

/** Found, or fetched once the user has seen what and from where. */
function Cuda({ provider, version }: { readonly provider: boolean; readonly version: string }) {
  const { t, i18n } = useTranslation();
  const [libraries, setLibraries] = useState<CudaLibraries | null>(null);
  const [asking, setAsking] = useState(false);
  const busy = useModels(({ tasks }) =>
    tasks.some(({ kind, state }) => kind === 'libraries' && state === 'running'),
  );
  const look = async (ask: boolean) => {
    setAsking(ask);
    await attempt(async () => setLibraries(await bridge().request('models.cudaLibraries', ask)));
    setAsking(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when an installation has ended.
  useEffect(() => {
    bridge()
      .request('models.cudaLibraries', false)
      .then(setLibraries, () => {});
  }, [busy]);
  if (libraries === null) return t('modelsPage.checking');
  if (libraries.state === 'installed') {
    return (
      <>
        <p>{t('modelsPage.cudaInstalled', { cuda: libraries.cuda ?? '' })}</p>
        <p className="text-mute">
          {libraries.packages.map((own) => `${own.name} ${own.version}`).join(', ')}
        </p>
        <p className="text-mute">{!provider && t('modelsPage.cudaAfter')}</p>
        <Button
          size="sm"
          className="mt-1.5"
          onClick={() => void attempt(async () => bridge().request('models.removeCudaLibraries'))}
        >
          {t('modelsPage.cudaRemove')}
        </Button>
      </>
    );
  }
  if (provider) return t('modelsPage.cudaThere', { version });
  const total = libraries.packages.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const hosts = [...new Set(libraries.packages.map(({ host }) => host))].join(', ');
  return (
    <>
      <p>{t('modelsPage.cudaAbsent')}</p>
      <Reason error={libraries.reason} />
      {libraries.packages.length > 0 && (
        <ul className="mt-1 text-mute">
          {libraries.packages.map(({ name, version: own, bytes }) => (
            <li key={name} className="flex justify-between gap-4">
              <span className="min-w-0 truncate">
                {name} {own}
              </span>
              <span className="flex-none">{bytes === null ? '' : formatBytes(bytes, i18n.language)}</span>
            </li>
          ))}
        </ul>
      )}
      {libraries.state === 'absent' && !busy && (
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          {libraries.packages.length === 0 ? (
            <Button size="sm" disabled={asking} onClick={() => void look(true)}>
              {t('modelsPage.cudaShow')}
            </Button>
          ) : (
            <>
              <Button
                size="sm"
                look="primary"
                onClick={() =>
                  void attempt(async () => {
                    await bridge().request('models.installCudaLibraries');
                  })
                }
              >
                {t('modelsPage.cudaInstall')}
              </Button>
              <span>{t('modelsPage.cudaTotal', { total: formatBytes(total, i18n.language), hosts })}</span>
            </>
          )}
        </div>
      )}
    </>
  );
}
