import { LogOut, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolServer } from '../../../electron/contract/tool-servers';
import type { ToolInfo, ToolServerStatus } from '../../../electron/contract/tools';
import { bridge } from '../../bridge/bridge';
import { changeServer, restartServer, signIn, signOut } from '../../stores/tools';
import { Breakable } from '../../ui/breakable';
import { Button } from '../../ui/button';
import { FoldingRow } from '../../ui/folding-row';
import { Switch } from '../../ui/switch';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';
import { PlainBlock } from './plain-block';
import { SignIn } from './sign-in';

interface ServerRowProps {
  readonly server: ToolServer;
  readonly status: ToolServerStatus | undefined;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

/** A server of tools: its state, its switch, and below, when asked for, its tools and what it wrote. */
export function ServerRow({ server, status, onEdit, onRemove }: ServerRowProps) {
  const { t } = useTranslation();
  const { id, name, enabled, transport } = server;
  const where = transport.type === 'stdio' ? [transport.command, ...transport.args].join(' ') : transport.url;
  return (
    <FoldingRow
      name={name}
      detail={
        <span className="font-mono" dir="ltr">
          <Breakable text={where} />
        </span>
      }
      more={t('tools.more', { name })}
      state={<StateView status={status} />}
      switchLabel={t('tools.switch', { name })}
      enabled={enabled}
      onSwitch={(next) => changeServer(id, { enabled: next })}
      notice={
        <>
          {status?.state === 'failed' && <Failure server={server} status={status} />}
          {status?.state === 'signing-in' && <SignIn server={server} url={status.url} />}
        </>
      }
    >
      {status?.state === 'ready' && status.tools.length > 0 && (
        <ToolList server={server} tools={status.tools} />
      )}
      {transport.type === 'stdio' && <Output server={server} />}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={onEdit}>
          <Pencil size={14} aria-hidden />
          {t('tools.edit')}
        </Button>
        {status?.signedIn && (
          <Button size="sm" onClick={() => void signOut(id)}>
            <LogOut size={14} aria-hidden />
            {t('tools.signIn.out')}
          </Button>
        )}
        <Button size="sm" look="danger" onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
          {t('tools.remove')}
        </Button>
      </div>
    </FoldingRow>
  );
}

const dots = {
  off: 'bg-line-strong',
  starting: 'pulse',
  'signing-in': 'pulse',
  ready: 'bg-accent',
  failed: 'bg-danger',
} as const;

function StateView({ status }: { readonly status: ToolServerStatus | undefined }) {
  const { t } = useTranslation();
  const state = status?.state ?? 'off';
  return (
    <span role="status" className="tabular flex flex-none items-center gap-2 text-xs text-mute">
      <span
        aria-hidden
        className={`size-2 rounded-full ${isSignInWanted(status) ? dots.off : dots[state]}`}
      />
      {isSignInWanted(status)
        ? t('tools.signIn.wanted')
        : status?.state === 'ready'
          ? t('tools.state.ready', { count: status.tools.length })
          : t(`tools.state.${state === 'ready' ? 'off' : state}`)}
    </span>
  );
}

/** Nothing is wrong with it. */
function isSignInWanted(status: ToolServerStatus | undefined): boolean {
  return status?.state === 'failed' && status.error.details?.kind === 'tool-sign-in';
}

interface FailureProps {
  readonly server: ToolServer;
  readonly status: Extract<ToolServerStatus, { state: 'failed' }>;
}

function Failure({ server, status }: FailureProps) {
  const { t } = useTranslation();
  const { text, technical } = useErrorText(status.error);
  // Nothing is wrong with it: it wants to know who is there.
  const isWish = isSignInWanted(status);
  return (
    <div
      className={`mx-3.5 mb-3.5 flex flex-wrap items-center gap-3 rounded-lg px-3 py-2.5 text-sm ${isWish ? 'bg-soft' : 'bg-danger-tint'}`}
    >
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-pretty wrap-anywhere">
          {text} {status.retryAt !== null && t('tools.retrying')}
        </p>
        {!isWish && <TechnicalDetails text={technical} />}
      </div>
      {String(status.error.details?.kind).startsWith('tool-sign-in') ? (
        <Button size="sm" look="primary" onClick={() => void signIn(server.id)}>
          {t('tools.signIn.begin')}
        </Button>
      ) : (
        <Button size="sm" onClick={() => void restartServer(server.id)}>
          {t('tools.startAgain')}
        </Button>
      )}
    </div>
  );
}

function ToolList({ server, tools }: { readonly server: ToolServer; readonly tools: readonly ToolInfo[] }) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t('tools.toolsOf', { name: server.name })} className="flex flex-col gap-3">
      {tools.map((tool) => (
        <ToolRow key={tool.name} server={server} tool={tool} />
      ))}
    </ul>
  );
}

function ToolRow({ server, tool }: { readonly server: ToolServer; readonly tool: ToolInfo }) {
  const { t } = useTranslation();
  const labelId = useId();
  const { id, hidden, allowed } = server;
  const { name, title, description, readOnly, fingerprint } = tool;
  const isAllowed = allowed[name] === fingerprint;
  const offer = (on: boolean) =>
    changeServer(id, { hidden: on ? hidden.filter((other) => other !== name) : [...hidden, name] });
  const askAgain = () => {
    const { [name]: _, ...rest } = allowed;
    changeServer(id, { allowed: rest });
  };
  return (
    <li className="flex items-start gap-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <span dir="auto">{title}</span>
          {readOnly && <span className="text-xs text-faint">{t('tools.readOnlyTag')}</span>}
          {isAllowed && (
            <Button
              size="sm"
              look="quiet"
              className="h-5! px-1.5! text-xs! text-accent!"
              aria-label={t('tools.askAgain', { tool: title })}
              title={t('tools.askAgain', { tool: title })}
              onClick={askAgain}
            >
              {t('tools.allowedTag')}
            </Button>
          )}
        </p>
        <p className="line-clamp-2 text-xs text-pretty text-faint" dir="auto">
          {description || t('tools.noDescription')}
        </p>
      </div>
      <span id={labelId} className="sr-only">
        {t('tools.offer', { tool: title })}
      </span>
      <Switch checked={!hidden.includes(name)} labelledBy={labelId} onChange={offer} />
    </li>
  );
}

const REFRESH_MS = 1_000;

/** What it wrote to its standard error, as it goes on. */
function Output({ server }: { readonly server: ToolServer }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  useEffect(() => {
    let current = true;
    const fetchOutput = () =>
      bridge()
        .request('tools.log', server.id)
        .then(
          (log) => current && setText(log),
          () => {},
        );
    void fetchOutput();
    const timer = setInterval(() => void fetchOutput(), REFRESH_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [server.id]);
  return (
    <PlainBlock title={t('tools.output')} text={text === '' ? t('tools.outputEmpty') : text.trimEnd()} />
  );
}
