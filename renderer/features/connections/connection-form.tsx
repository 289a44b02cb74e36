import { LoaderCircle } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  Connection,
  ConnectionSecrets,
  ConnectionStatus,
  FoundRemoteModel,
  FoundServer,
} from '../../../electron/contract/connections';
import { hostOf } from '../../../electron/contract/connections';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { checkConnection, saveConnection, testConnection } from '../../stores/connections';
import { Button } from '../../ui/button';
import { type Entry, EntryList } from '../../ui/entry-list';
import { TextField } from '../../ui/text-field';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';
import { ModelChoice } from './model-choice';

interface ConnectionFormProps {
  /** Absent: a new one. */
  readonly connection?: Connection;
  readonly status?: ConnectionStatus | undefined;
  readonly onClose: () => void;
}

/** So many are all offered at once; of more the user chooses. */
const FEW = 8;

/** Adds a connection or changes one: the address first, then the models that are found there. */
export function ConnectionForm({ connection, status, onClose }: ConnectionFormProps) {
  const { t } = useTranslation();
  const [address, setAddress] = useState(connection?.url ?? '');
  const [name, setName] = useState(connection?.name ?? '');
  /** Null: as it is kept. */
  const [key, setKey] = useState<string | null>(null);
  const [headers, setHeaders] = useState<readonly Entry[]>([]);
  const [found, setFound] = useState<FoundServer | null>(null);
  const [problem, setProblem] = useState<ErrorInfo | null>(null);
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(connection?.models.map(({ id }) => id) ?? []),
  );
  const first = useRef<HTMLInputElement>(null);
  const asked = useRef(0);
  useEffect(() => {
    first.current?.focus();
    return () => {
      asked.current++;
    };
  }, []);

  const secrets: ConnectionSecrets = {
    ...(key !== null && { key: key.trim() }),
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((entry) => [entry.name.trim(), entry.value])),
    }),
  };
  const changed = () => {
    asked.current++;
    setBusy(false);
    setFound(null);
    setProblem(null);
  };
  const look = async () => {
    const number = ++asked.current;
    setBusy(true);
    setProblem(null);
    const answer = await testConnection({ id: connection?.id ?? null, address, ...secrets });
    if (number !== asked.current) return;
    setBusy(false);
    if ('code' in answer) {
      setProblem(answer);
      return;
    }
    setFound(answer);
    setName((before) => before.trim() || hostOf(answer.url));
    const chat = answer.models.filter(({ other }) => !other);
    if (!connection) setChosen(new Set(chat.length <= FEW ? chat.map(({ id }) => id) : []));
  };
  const save = async () => {
    if (!found) return;
    const { url, server } = found;
    const models = found.models.filter(({ id }) => chosen.has(id)).map((model) => asKept(model, connection));
    const kept = await saveConnection(
      {
        id: connection?.id ?? null,
        name: name.trim(),
        url,
        server,
        enabled: connection?.enabled ?? true,
        models,
      },
      secrets,
    );
    if (!kept) return;
    checkConnection(kept.id);
    onClose();
  };
  const title = connection
    ? t('connections.form.editTitle', { name: `\u2068${connection.name}\u2069` })
    : t('connections.form.addTitle');
  const keyKept = status?.hasKey === true && key === null;
  return (
    <form
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (found) void save();
        else if (address.trim() !== '' && !busy) void look();
      }}
      className="animate-appear flex flex-col gap-4 rounded-xl border border-line p-4"
    >
      <h3 className="text-sm font-medium">{title}</h3>
      <TextField
        ref={first}
        label={t('connections.form.address')}
        placeholder={t('connections.form.addressPlaceholder')}
        value={address}
        maxLength={2_000}
        inputMode="url"
        mono
        onText={(text) => {
          setAddress(text);
          changed();
        }}
      />
      <div className="flex items-end gap-2">
        <TextField
          label={t('connections.form.key')}
          placeholder={keyKept ? t('connections.form.keyKept') : ''}
          value={key ?? ''}
          type="password"
          maxLength={10_000}
          mono
          onText={(text) => {
            setKey(text === '' && status?.hasKey ? null : text);
            changed();
          }}
        />
        {keyKept && (
          <Button
            onClick={() => {
              setKey('');
              changed();
            }}
          >
            {t('connections.form.keyForget')}
          </Button>
        )}
      </div>
      {status?.hasKey && key === '' && (
        <p className="-mt-2 text-xs text-mute">{t('connections.form.keyForgotten')}</p>
      )}
      <Headers
        entries={headers}
        kept={status?.headers ?? []}
        onChange={(entries) => {
          setHeaders(entries);
          changed();
        }}
      />
      {problem && <Problem error={problem} />}
      {found && (
        <>
          {found.unencrypted && (
            <p role="status" className="rounded-lg bg-warn-tint px-3 py-2 text-xs text-pretty">
              {t('connections.form.unencrypted', { host: `\u2068${hostOf(found.url)}\u2069` })}
            </p>
          )}
          <TextField
            label={t('connections.form.name')}
            value={name}
            maxLength={100}
            dir="auto"
            onText={setName}
          />
          <ModelChoice found={found} chosen={chosen} onChoose={setChosen} />
        </>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {found && chosen.size === 0 && (
          <p role="status" className="me-auto text-xs text-mute">
            {t('connections.form.none')}
          </p>
        )}
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        {found ? (
          <Button look="primary" type="submit" disabled={chosen.size === 0 || name.trim() === ''}>
            {t('connections.form.save')}
          </Button>
        ) : (
          <Button look="primary" type="submit" disabled={address.trim() === '' || busy}>
            {busy && <LoaderCircle size={15} className="animate-spin-slow" aria-hidden />}
            {t(busy ? 'connections.form.looking' : 'connections.form.look')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** What the user said of a model holds, whatever its server says now. */
function asKept({ other: _, ...model }: FoundRemoteModel, connection: Connection | undefined) {
  return connection?.models.find(({ id }) => id === model.id) ?? model;
}

function Problem({ error }: { readonly error: ErrorInfo }) {
  const { text, technical } = useErrorText(error);
  return (
    <div role="alert" className="rounded-lg bg-danger-tint px-3 py-2.5 text-sm">
      <p className="text-pretty wrap-anywhere">{text}</p>
      <TechnicalDetails text={technical} />
    </div>
  );
}

interface HeadersProps {
  readonly entries: readonly Entry[];
  readonly kept: readonly string[];
  readonly onChange: (entries: readonly Entry[]) => void;
}

/** Their values are secrets more often than not, and are not shown again. */
function Headers({ entries, kept, onChange }: HeadersProps) {
  const { t } = useTranslation();
  return (
    <EntryList
      title={entries.length > 0 || kept.length > 0 ? t('connections.form.headers') : undefined}
      add={t('connections.form.addHeader')}
      name={t('tools.form.header')}
      entries={entries}
      isSecret={() => true}
      onChange={onChange}
    >
      {kept.length > 0 && (
        <p className="text-xs text-mute">
          {t('connections.form.headersKept', { names: `\u2068${kept.join(', ')}\u2069` })}
        </p>
      )}
    </EntryList>
  );
}
