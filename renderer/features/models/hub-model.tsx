import { ExternalLink } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubModel, HubVariant } from '../../../electron/contract/hub';
import type { ConvertRequest } from '../../../electron/contract/models';
import { formatBytes, formatCompact, formatParameters } from '../../lib/format';
import { getModel, leaveModel, useHub } from '../../stores/hub';
import { useModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { Fact } from '../../ui/fact-rows';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { Field } from './model-options';
import { freeFor } from './room';

type Precision = ConvertRequest['precision'];

/** While a checkpoint is converted, what is made of it lies beside it. */
const roomNeeded = (variant: HubVariant, resultBytes: number | null): number =>
  (variant.bytes ?? 0) + (variant.layout === 'checkpoint' ? (resultBytes ?? 0) : 0);

/** What a small recogniser loses by four bits was never measured; eight keep close to the original. */
const usualPrecision = ({ family }: HubVariant): Precision => (family === 'whisper' ? 'int8' : 'int4');

/** All there is to know before a byte of it is fetched, and the one button that does. */
export function HubModelView({ model }: { readonly model: HubModel }) {
  const { t, i18n } = useTranslation();
  const hardware = useModels(({ page }) => page?.hardware ?? null);
  const endpoint = useHub(({ state }) => state?.endpoint);
  const [chosen, choose] = useState(model.variants[0]?.id ?? '');
  const variant = model.variants.find(({ id }) => id === chosen) ?? model.variants[0];
  const [precision, setPrecision] = useState<Precision>(variant ? usualPrecision(variant) : 'int4');
  const [keepSource, setKeepSource] = useState(false);
  if (!variant) return null;
  const checkpoint = variant.layout === 'checkpoint';
  const result = variant.results.find((one) => one.precision === precision) ?? variant.results[0];
  const size = (bytes: number | null) =>
    bytes === null ? t('getModel.sizeUnknown') : formatBytes(bytes, i18n.language);
  const needed = roomNeeded(variant, result?.bytes ?? null);
  const fits = needed <= model.freeBytes;
  const { repository, revision, commit, host } = model;
  return (
    <form
      className="flex flex-1 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = checkpoint ? precision : null;
        void getModel({ repository, revision, commit, variant: variant.id, precision: wanted, keepSource });
      }}
    >
      <Heading model={model} variant={variant} endpoint={endpoint} />
      {model.variants.length > 1 && (
        <Field label={t('getModel.variant')}>
          {(labelledBy) => (
            <Select
              value={variant.id}
              labelledBy={labelledBy}
              onChange={choose}
              options={model.variants.map(({ id, bytes }) => ({
                value: id,
                label: `${shortName(id)} · ${size(bytes)}`,
              }))}
            />
          )}
        </Field>
      )}
      {checkpoint && (
        <Field label={t('getModel.precision')} help={t(`addModel.precisionHelp.${precision}`)}>
          {(labelledBy) => (
            <Segmented
              value={precision}
              labelledBy={labelledBy}
              onChange={setPrecision}
              options={(['int4', 'int8', 'fp16'] as const).map((value) => ({
                value,
                label: value.toUpperCase(),
              }))}
            />
          )}
        </Field>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 rounded-xl bg-soft px-4 py-3 text-xs">
        <Fact label={t('getModel.download')}>
          <Files variant={variant} />
        </Fact>
        <Fact label={t('getModel.afterwards')}>
          <p>
            {t(checkpoint ? 'getModel.converted' : 'getModel.asItIs', { size: size(result?.bytes ?? null) })}
          </p>
          {checkpoint && variant.family === 'glm4v' && <p className="text-mute">{t('getModel.measured')}</p>}
        </Fact>
        <Fact label={t('getModel.memory')}>
          <Memory result={result} free={hardware && freeFor(hardware, result?.device === 'cuda')} />
        </Fact>
        <Fact label={t('getModel.place')}>
          <p>
            <code dir="ltr" className="break-all">
              {model.folder}
            </code>
          </p>
          <p className={fits ? 'text-mute' : 'text-danger'}>
            {fits
              ? t('getModel.room', { free: size(model.freeBytes) })
              : t('getModel.tooLittleRoom', { needed: size(needed), free: size(model.freeBytes) })}
          </p>
        </Fact>
      </dl>
      {checkpoint && (
        <Field label={t('getModel.keep')} help={t('getModel.keepHelp')}>
          {(labelledBy) => <Switch checked={keepSource} onChange={setKeepSource} labelledBy={labelledBy} />}
        </Field>
      )}
      {model.gated && (
        <p className="rounded-lg bg-warn-tint px-3 py-2 text-xs text-pretty text-warn">
          {t('getModel.gatedHelp', { host })}
        </p>
      )}
      <div className="mt-auto flex flex-wrap items-center justify-end gap-2 border-t border-line pt-4">
        <Button look="quiet" onClick={leaveModel}>
          {t('getModel.back')}
        </Button>
        <Button type="submit" look="primary" disabled={!fits}>
          {t(checkpoint ? 'getModel.getConvert' : 'getModel.get')}
        </Button>
      </div>
    </form>
  );
}

/** The last part says enough: `onnx/model_q4.onnx`, `cpu_and_mobile/cpu-int4-rtn-block-32`. */
const shortName = (id: string): string =>
  id
    .split('/')
    .at(-1)
    ?.replace(/\.onnx$/, '') || id;

function Heading({
  model,
  variant,
  endpoint,
}: {
  readonly model: HubModel;
  readonly variant: HubVariant;
  readonly endpoint: string | undefined;
}) {
  const { t } = useTranslation();
  const { repository, revision, commit, host, license, downloads, likes } = model;
  const facts = [
    t(`getModel.layout.${variant.layout}`),
    variant.family,
    variant.parameters !== null && t('models.parameters', { size: formatParameters(variant.parameters) }),
    license === null ? t('getModel.noLicense') : t('getModel.license', { license }),
    t('getModel.downloads', { number: formatCompact(downloads) }),
    t('getModel.likes', { number: formatCompact(likes) }),
  ].filter((fact) => typeof fact === 'string');
  return (
    <div>
      <h3 className="font-medium wrap-anywhere" dir="ltr">
        {repository}
      </h3>
      <p className="mt-0.5 text-xs text-mute">{facts.join(' · ')}</p>
      <p className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs text-faint">
        <span>{t('getModel.revision', { revision, commit: commit.slice(0, 8) })}</span>
        {endpoint && (
          <a
            href={`${endpoint}/${repository}`}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex items-center gap-1 text-accent hover:underline"
          >
            {t('getModel.page', { host })}
            <ExternalLink size={12} aria-hidden />
          </a>
        )}
      </p>
    </div>
  );
}

function Files({ variant: { files, bytes } }: { readonly variant: HubVariant }) {
  const { t, i18n } = useTranslation();
  const [shown, show] = useState(false);
  const id = useId();
  const size = (value: number | null) =>
    value === null ? t('getModel.sizeUnknown') : formatBytes(value, i18n.language);
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3">
        {t('getModel.files', { size: size(bytes), count: files.length })}
        <button
          type="button"
          aria-expanded={shown}
          aria-controls={id}
          onClick={() => show(!shown)}
          className="text-accent hover:underline"
        >
          {t(shown ? 'getModel.hideFiles' : 'getModel.showFiles')}
        </button>
      </p>
      <ul id={id} hidden={!shown} className="mt-1 text-mute">
        {files.map(({ path, bytes: own }) => (
          <li key={path} className="flex justify-between gap-4">
            <span dir="ltr" className="min-w-0 truncate">
              {path}
            </span>
            <span className="flex-none">{size(own)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Memory({
  result,
  free,
}: {
  readonly result: HubVariant['results'][number] | undefined;
  readonly free: number | null;
}) {
  const { t, i18n } = useTranslation();
  const needed = result?.memoryNeeded ?? null;
  if (needed === null || free === null) return <p>{t('getModel.memoryUnknown')}</p>;
  const words = { needed: formatBytes(needed, i18n.language), free: formatBytes(free, i18n.language) };
  return (
    <>
      <p>{t(result?.device === 'cuda' ? 'getModel.memoryCard' : 'getModel.memoryProcessor', words)}</p>
      {needed > free && <p className="text-danger">{t('getModel.memoryTight')}</p>}
    </>
  );
}
