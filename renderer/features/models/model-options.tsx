import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Provider } from '../../../electron/contract/generation';
import type { Manifest } from '../../../electron/contract/manifest';
import { canQuantizeCache, usualCacheType } from '../../../electron/contract/memory';
import type { Gpu, Hardware, ModelEntry, ModelOptions } from '../../../electron/contract/models';
import { formatBytes } from '../../lib/format';
import { changeModelOptions, withOption } from '../../stores/models';
import { NumberField } from '../../ui/number-field';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';

const FOLLOW = 'follow';

/** Where this one model runs and how much it remembers; what is left alone follows the settings. */
export function ModelOptionsForm({
  model: { manifest, options },
  hardware: { graphics },
}: {
  readonly model: ModelEntry;
  readonly hardware: Hardware;
}) {
  const { t, i18n } = useTranslation();
  const offered: readonly Provider[] = graphics?.providers ?? ['cpu'];
  const gpus = graphics?.gpus ?? [];
  const change = <K extends keyof ModelOptions>(key: K, value: ModelOptions[K] | undefined) =>
    void changeModelOptions(manifest.id, withOption(key, value));
  const { provider } = options;
  const usualCache = usualCacheType(manifest, options.contextLength ?? manifest.contextLength);
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  const labelOf = ({ id, name, freeBytes, totalBytes }: Gpu) =>
    `${id}: ${
      freeBytes === null
        ? t('modelsPage.gpuLineTotal', { name, total: size(totalBytes) })
        : t('modelsPage.gpuLine', { name, free: size(freeBytes), total: size(totalBytes) })
    }`;
  return (
    <div className="mt-3 flex flex-col gap-3 border-t border-line pt-3">
      <Field label={t('modelsPage.provider')}>
        {(labelledBy) => (
          <Select<Provider | 'auto' | typeof FOLLOW>
            value={provider ?? FOLLOW}
            labelledBy={labelledBy}
            options={[
              { value: FOLLOW, label: t('modelsPage.providerFollows') },
              { value: 'auto', label: t('settings.automatic') },
              ...offered.map((one) => ({ value: one, label: t(`providers.${one}`) })),
            ]}
            onChange={(value) => change('provider', value === FOLLOW ? undefined : value)}
          />
        )}
      </Field>
      {provider && ['webgpu', 'directml', 'coreml'].includes(provider) && (
        <p className="rounded-lg bg-warn-tint px-3 py-2 text-xs text-warn">
          {t(provider === 'webgpu' ? 'modelsPage.untestedWebGpu' : 'modelsPage.untested')}
        </p>
      )}
      {provider === 'webgpu' && graphics?.webgpu?.software && (
        <p className="rounded-lg bg-warn-tint px-3 py-2 text-xs text-warn">
          {t('modelsPage.softwareRenderer', { name: graphics.webgpu.name })}
        </p>
      )}
      {gpus.length > 1 && (
        <Field label={t('modelsPage.device')}>
          {(labelledBy) => (
            <Select
              value={options.deviceId === undefined ? 'auto' : String(options.deviceId)}
              labelledBy={labelledBy}
              options={[
                { value: 'auto', label: t('modelsPage.deviceAutomatic') },
                ...gpus.map((gpu) => ({ value: String(gpu.id), label: labelOf(gpu) })),
              ]}
              onChange={(value) => change('deviceId', value === 'auto' ? undefined : Number(value))}
            />
          )}
        </Field>
      )}
      <Field label={t('modelsPage.contextLength')}>
        {(labelledBy) => (
          <NumberField
            value={options.contextLength}
            min={128}
            max={manifest.contextLength}
            step={128}
            labelledBy={labelledBy}
            placeholder={t('modelsPage.providerFollows')}
            onChange={(value) => change('contextLength', value)}
          />
        )}
      </Field>
      {gpus.length > 0 && manifest.precision === 'int4' && [undefined, 'auto', 'cuda'].includes(provider) && (
        <Field label={t('modelsPage.float8')} help={t('modelsPage.float8Help')}>
          {(labelledBy) => (
            <Switch
              checked={options.float8 ?? true}
              labelledBy={labelledBy}
              onChange={(on) => change('float8', on ? undefined : false)}
            />
          )}
        </Field>
      )}
      {gpus.length > 0 && canQuantizeCache(manifest) && [undefined, 'auto', 'cuda'].includes(provider) && (
        <Field label={t('modelsPage.cacheType')} help={t('modelsPage.cacheTypeHelp')}>
          {(labelledBy) => (
            <Switch
              checked={(options.cacheType ?? usualCache) === 'int8'}
              labelledBy={labelledBy}
              onChange={(on) => {
                const chosen = on ? 'int8' : 'float16';
                change('cacheType', chosen === usualCache ? undefined : chosen);
              }}
            />
          )}
        </Field>
      )}
      {canGuess(manifest) && (
        <Field label={t('modelsPage.speculation')} help={t('modelsPage.speculationHelp')}>
          {(labelledBy) => (
            <Switch
              checked={options.speculation ?? true}
              labelledBy={labelledBy}
              onChange={(on) => change('speculation', on ? undefined : false)}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** Whether any of its graphs can check what was guessed; those of other tools give every row's logits. */
const canGuess = ({ family, architecture, graphs }: Manifest): boolean =>
  family === 'decoder'
    ? architecture.cache === 'shared'
    : Object.values(graphs).some((graph) => graph?.draftRows !== undefined);

export function Field({
  label,
  help,
  children,
}: {
  readonly label: string;
  readonly help?: string;
  readonly children: (labelledBy: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-40">
        <div id={id} className="text-sm">
          {label}
        </div>
        {help && <p className="text-xs text-pretty text-faint">{help}</p>}
      </div>
      {children(id)}
    </div>
  );
}
