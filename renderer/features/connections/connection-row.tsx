import { ChevronRight, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  Connection,
  ConnectionStatus,
  RemoteModel,
  ThinkingSwitch,
} from '../../../electron/contract/connections';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { changeConnection, changeRemoteModel, checkConnection } from '../../stores/connections';
import { Breakable } from '../../ui/breakable';
import { Button } from '../../ui/button';
import { FoldingRow } from '../../ui/folding-row';
import { NumberField } from '../../ui/number-field';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';
import { useModelFacts } from './facts';

interface ConnectionRowProps {
  readonly connection: Connection;
  readonly status: ConnectionStatus | undefined;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

/** A connection: whether it answers, its switch, and below, when asked for, its models and what each can do. */
export function ConnectionRow({ connection, status, onEdit, onRemove }: ConnectionRowProps) {
  const { t } = useTranslation();
  const { id, name, url, server, enabled, models } = connection;
  return (
    <FoldingRow
      name={name}
      detail={
        <>
          {t(`connections.servers.${server}`)} · {/* Open, it stays whole where a line has room for it. */}
          <span className="font-mono group-aria-expanded:inline-block" dir="ltr">
            <Breakable text={url} />
          </span>
        </>
      }
      more={t('connections.more', { name })}
      state={<StateView connection={connection} status={status} />}
      switchLabel={t('connections.switch', { name })}
      enabled={enabled}
      onSwitch={(next) => changeConnection(id, { enabled: next })}
      notice={
        enabled && status?.state === 'failed' && status.error && <Failure id={id} error={status.error} />
      }
    >
      <ul className="flex flex-col gap-1">
        {models.map((model) => (
          <ModelRow key={model.id} connection={connection} model={model} />
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" onClick={onEdit}>
          <Pencil size={14} aria-hidden />
          {t('connections.edit')}
        </Button>
        <Button size="sm" look="danger" onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
          {t('connections.remove')}
        </Button>
        {status?.hasKey && <span className="ms-auto text-xs text-faint">{t('connections.hasKey')}</span>}
      </div>
    </FoldingRow>
  );
}

const dots = {
  off: 'bg-line-strong',
  unknown: 'bg-line-strong',
  reachable: 'bg-accent',
  failed: 'bg-danger',
} as const;

function StateView({ connection, status }: Pick<ConnectionRowProps, 'connection' | 'status'>) {
  const { t } = useTranslation();
  const state = connection.enabled ? (status?.state ?? 'unknown') : 'off';
  return (
    <span role="status" className="tabular flex flex-none items-center gap-2 text-xs text-mute">
      <span aria-hidden className={`size-2 rounded-full ${dots[state]}`} />
      {state === 'reachable'
        ? t('connections.models', { count: connection.models.length })
        : t(`connections.state.${state}`)}
    </span>
  );
}

function Failure({ id, error }: { readonly id: string; readonly error: ErrorInfo }) {
  const { t } = useTranslation();
  const { text, technical } = useErrorText(error);
  return (
    <div className="mx-3.5 mb-3.5 flex flex-wrap items-center gap-3 rounded-lg bg-danger-tint px-3 py-2.5 text-sm">
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-pretty wrap-anywhere">{text}</p>
        <TechnicalDetails text={technical} />
      </div>
      <Button size="sm" onClick={() => checkConnection(id)}>
        {t('connections.again')}
      </Button>
    </div>
  );
}

const SWITCHES: readonly ThinkingSwitch[] = [
  'none',
  'always',
  'template',
  'field',
  'effort',
  'type',
  'enabled',
];

interface ModelRowProps {
  readonly connection: Connection;
  readonly model: RemoteModel;
}

/** What was found out or guessed of a model, to be put right. */
function ModelRow({ connection, model }: ModelRowProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const bodyId = useId();
  const facts = useModelFacts(model);
  const change = (part: Partial<RemoteModel>) => changeRemoteModel(connection, { ...model, ...part });
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        aria-label={t('connections.model.edit', { name: model.id })}
        onClick={() => setOpen(!open)}
        className="-mx-1.5 flex w-[calc(100%+0.75rem)] items-center gap-2 rounded-md px-1.5 py-1 text-start hover:bg-hover"
      >
        <ChevronRight
          size={13}
          aria-hidden
          className={`flex-none text-faint transition-transform duration-100 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm" dir="ltr">
            {model.id}
          </span>
          <span className="block truncate text-xs text-faint">
            {facts}
            {model.learned.refuses.includes('tools') && ` (${t('connections.model.notTools')})`}
          </span>
        </span>
      </button>
      <div id={bodyId} hidden={!open}>
        {open && (
          <div className="animate-appear my-2 flex flex-col gap-2 ps-5">
            <Line label={t('connections.model.context')}>
              {(labelledBy) => (
                <NumberField
                  value={model.contextLength}
                  min={128}
                  max={100_000_000}
                  step={1_024}
                  placeholder=""
                  labelledBy={labelledBy}
                  onChange={(contextLength) => contextLength && change({ contextLength })}
                />
              )}
            </Line>
            <Line label={t('connections.model.thinking')}>
              {(labelledBy) => (
                <Select
                  value={model.thinking}
                  labelledBy={labelledBy}
                  options={SWITCHES.map((value) => ({ value, label: t(`connections.thinking.${value}`) }))}
                  onChange={(thinking) => change({ thinking })}
                />
              )}
            </Line>
            {(['images', 'audio', 'tools'] as const).map((what) => (
              <Line key={what} label={t(`connections.model.${what}`)}>
                {(labelledBy) => (
                  <Switch
                    checked={model[what]}
                    labelledBy={labelledBy}
                    onChange={(on) => change({ [what]: on })}
                  />
                )}
              </Line>
            ))}
          </div>
        )}
      </div>
    </li>
  );
}

interface LineProps {
  readonly label: string;
  readonly children: (labelledBy: string) => ReactNode;
}

function Line({ label, children }: LineProps) {
  const id = useId();
  return (
    <div className="flex min-h-8 min-w-0 flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <span id={id} className="text-xs text-mute">
        {label}
      </span>
      {children(id)}
    </div>
  );
}
