import { Check, MoreHorizontal, ShieldCheck, SlidersHorizontal, Trash2 } from 'lucide-react';
import { Fragment, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProviderFailure } from '../../../electron/contract/engine';
import type { ErrorInfo } from '../../../electron/contract/errors';
import type { Hardware, ModelEntry } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatBytes, formatDuration, formatParameters, formatSpeed } from '../../lib/format';
import { loadModel, useEngine } from '../../stores/engine';
import { attempt, removeModel, setDefaultModel } from '../../stores/models';
import { useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';
import { ModelOptionsForm } from './model-options';
import { roomFor } from './room';

interface ModelRowProps {
  readonly model: ModelEntry;
  readonly hardware: Hardware;
}

export function ModelRow({ model, hardware }: ModelRowProps) {
  const { t, i18n } = useTranslation();
  const [options, showOptions] = useState(false);
  const status = useEngine((state) => state.status);
  const chosen = useSettings((settings) => settings.modelId);
  const { manifest, builtIn, bytes, verifiedAt } = model;
  const { id, name, precision, parameters, modalities, contextLength } = manifest;
  const state =
    status.state === 'ready' || status.state === 'unloaded'
      ? status.model.manifest.id === id && status.state
      : status.state === 'loading' && status.modelId === id && 'loading';
  // Where there is no card at all, the lines about the machine say so already.
  const hasCard = (hardware.graphics?.gpus.length ?? 0) > 0;
  const passedOver = hasCard && status.state === 'ready' && state === 'ready' ? status.model.passedOver : [];
  const facts = [
    precision.toUpperCase(),
    t('models.parameters', { size: formatParameters(parameters) }),
    formatBytes(bytes, i18n.language),
    modalities
      .map((modality) => t(`modelsPage.modality.${modality}`))
      .join(i18n.language.startsWith('zh') ? '、' : ', '),
    t('models.context', { count: contextLength }),
  ];
  return (
    <li aria-label={name} className="rounded-xl border border-line p-4">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
            <span className="font-medium wrap-anywhere">{name}</span>
            {state === 'ready' && <Badge strong>{t('modelsPage.inUse')}</Badge>}
            {state === 'loading' && <Badge strong>{t('modelsPage.loading')}</Badge>}
            {state === 'unloaded' && <Badge>{t('modelsPage.resting')}</Badge>}
            {chosen === id && <Badge>{t('modelsPage.isDefault')}</Badge>}
            {builtIn && <Badge>{t('modelsPage.builtIn')}</Badge>}
          </p>
        </div>
        <div className="-my-1.5 flex flex-none items-start gap-1">
          {state === false && <UseButton model={model} hardware={hardware} />}
          <Menu
            align="end"
            trigger={
              <IconButton label={t('modelsPage.more', { name })}>
                <MoreHorizontal size={17} aria-hidden />
              </IconButton>
            }
          >
            <MenuItem
              icon={<Check size={15} aria-hidden />}
              disabled={chosen === id}
              onSelect={() => void setDefaultModel(model)}
            >
              {t('modelsPage.setDefault')}
            </MenuItem>
            <MenuItem
              icon={<SlidersHorizontal size={15} aria-hidden />}
              onSelect={() => showOptions(!options)}
            >
              {t(options ? 'modelsPage.hideOptions' : 'modelsPage.options')}
            </MenuItem>
            <MenuItem icon={<ShieldCheck size={15} aria-hidden />} onSelect={() => void verify(id)}>
              {t('modelsPage.verify')}
            </MenuItem>
            {!builtIn && (
              <>
                <MenuSeparator />
                <MenuItem
                  danger
                  icon={<Trash2 size={15} aria-hidden />}
                  onSelect={() => void removeModel(model)}
                >
                  {t('modelsPage.remove')}
                </MenuItem>
              </>
            )}
          </Menu>
        </div>
      </div>
      <p className="mt-1 text-xs text-mute max-sm:mt-2">
        {/* A line ends between facts, not within one. */}
        {facts.map((fact, index) => (
          <Fragment key={fact}>
            <span className="inline-block">
              {fact}
              {index < facts.length - 1 && '\u00A0·'}
            </span>{' '}
          </Fragment>
        ))}
      </p>
      <Figures model={model} hardware={hardware} loaded={state === 'ready'} />
      {verifiedAt !== null && (
        <p className="mt-3 flex items-center gap-1.5 text-xs text-faint">
          <ShieldCheck size={13} aria-hidden />
          {t('modelsPage.verified', {
            date: new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }).format(
              verifiedAt,
            ),
          })}
        </p>
      )}
      {status.state === 'failed' && status.modelId === id && <Failure error={status.error} />}
      {passedOver.map((failure) => (
        <PassedOver key={failure.provider} {...failure} />
      ))}
      {options && <ModelOptionsForm model={model} hardware={hardware} />}
    </li>
  );
}

function PassedOver({ provider, error }: ProviderFailure) {
  const { t } = useTranslation();
  const { text } = useErrorText(error);
  return (
    <div className="mt-2 rounded-lg bg-warn-tint px-3 py-2 text-xs wrap-anywhere text-warn">
      <p className="font-medium">{t('engine.passedOver', { provider: t(`providers.${provider}`) })}</p>
      <p>{text}</p>
    </div>
  );
}

function Failure({ error }: { readonly error: ErrorInfo }) {
  const { title, text, technical } = useErrorText(error);
  return (
    <div role="alert" className="mt-2 rounded-lg bg-danger-tint px-3 py-2 text-xs wrap-anywhere">
      <p className="font-medium text-danger">{title}</p>
      <p>{text}</p>
      <TechnicalDetails text={technical} />
    </div>
  );
}

const verify = (id: string) =>
  attempt(async () => {
    await bridge().request('models.verify', id);
  });

function Badge({ strong = false, children }: { readonly strong?: boolean; readonly children: ReactNode }) {
  const look = strong ? 'bg-tint text-accent' : 'bg-soft text-mute';
  return <span className={`rounded-md px-1.5 py-0.5 text-xs whitespace-nowrap ${look}`}>{children}</span>;
}

/** Where it would not fit, it takes a second press, with the figures beside it. */
function UseButton({ model, hardware }: ModelRowProps) {
  const { t, i18n } = useTranslation();
  const [asked, ask] = useState(false);
  const { needed, free, fits } = roomFor(model, hardware);
  const { id } = model.manifest;
  if (asked) {
    return (
      <div role="alert" className="flex max-w-72 flex-col items-end gap-2">
        <p className="text-end text-xs text-danger">
          {t('modelsPage.tooLittle', {
            needed: formatBytes(needed, i18n.language),
            free: formatBytes(free, i18n.language),
          })}
        </p>
        <div className="flex gap-2">
          <Button size="sm" onClick={() => ask(false)}>
            {t('common.cancel')}
          </Button>
          <Button size="sm" look="danger" onClick={() => void loadModel(id, true)}>
            {t('modelsPage.useAnyway')}
          </Button>
        </div>
      </div>
    );
  }
  return <Button onClick={() => (fits ? void loadModel(id) : ask(true))}>{t('modelsPage.use')}</Button>;
}

/** What was measured here, and the memory it takes of what there is. */
function Figures({ model, hardware, loaded }: ModelRowProps & { readonly loaded: boolean }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const inUse = useEngine(({ status }) => (status.state === 'ready' ? status.model.manifest.name : null));
  const { needed, free, fits } = roomFor(model, hardware);
  return (
    <div className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1 text-xs max-sm:grid-cols-1">
      <div>
        {model.speeds.length === 0 && <p className="text-faint">{t('modelsPage.unmeasured')}</p>}
        {model.speeds.map(({ provider, answers, tokensPerSecond, firstTokenMs }) => (
          <div key={provider}>
            <p>
              {t('modelsPage.speed', {
                speed: formatSpeed(tokensPerSecond, language),
                first: formatDuration(firstTokenMs, t),
              })}
            </p>
            <p className="text-faint">
              {t('modelsPage.speedOn', { provider: t(`providers.${provider}`), count: answers })}
            </p>
          </div>
        ))}
      </div>
      <div>
        <p className={fits || loaded ? '' : 'text-danger'}>
          {t('modelsPage.memory', { needed: formatBytes(needed, language) })}
        </p>
        {!loaded && (
          <p className="text-faint">
            {hardware.reclaimable && inUse
              ? t('modelsPage.memoryFreeWith', { free: formatBytes(free, language), name: inUse })
              : t('modelsPage.memoryFree', { free: formatBytes(free, language) })}
          </p>
        )}
      </div>
    </div>
  );
}
