import { Cable, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  checkConnections,
  removeConnection,
  restoreConnection,
  statusOf,
  useConnections,
} from '../../stores/connections';
import { useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';
import { ConnectionForm } from './connection-form';
import { ConnectionRow } from './connection-row';

type Doing = { readonly what: 'add' } | { readonly what: 'edit'; readonly id: string } | null;

/** The settings' section of other engines: what the user connected to, and the way to more. */
export default function Connections() {
  const { t } = useTranslation();
  const connections = useSettings((settings) => settings.connections);
  const statuses = useConnections((state) => state.statuses);
  const [doing, setDoing] = useState<Doing>(null);
  const [removed, setRemoved] = useState<{ readonly id: string; readonly name: string } | null>(null);
  const close = () => setDoing(null);
  useEffect(checkConnections, []);
  return (
    <div className="flex flex-col gap-3 py-4">
      <p className="text-sm text-pretty text-mute">{t('connections.lead')}</p>
      {connections.length === 0 && doing === null && removed === null && <Empty />}
      {connections.length > 0 && (
        <ul className="flex flex-col gap-2">
          {connections.map((connection) =>
            doing?.what === 'edit' && doing.id === connection.id ? (
              <li key={connection.id}>
                <ConnectionForm
                  connection={connection}
                  status={statusOf(statuses, connection.id)}
                  onClose={close}
                />
              </li>
            ) : (
              <ConnectionRow
                key={connection.id}
                connection={connection}
                status={statusOf(statuses, connection.id)}
                onEdit={() => setDoing({ what: 'edit', id: connection.id })}
                onRemove={() => {
                  void removeConnection(connection.id);
                  setRemoved({ id: connection.id, name: connection.name });
                }}
              />
            ),
          )}
        </ul>
      )}
      {removed && (
        <Undo
          key={removed.id}
          name={removed.name}
          onUndo={() => {
            void restoreConnection(removed.id);
            setRemoved(null);
          }}
        />
      )}
      {doing?.what === 'add' && <ConnectionForm onClose={close} />}
      {doing === null && (
        <Button className="self-start" onClick={() => setDoing({ what: 'add' })}>
          <Plus size={16} aria-hidden />
          {t('connections.add')}
        </Button>
      )}
      <p className="text-xs text-pretty text-faint">{t('connections.privacy')}</p>
    </div>
  );
}

/** A toast would lie outside of the dialog, where neither keys nor readers reach it. */
function Undo({ name, onUndo }: { readonly name: string; readonly onUndo: () => void }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  // The button that removed it is gone, and the focus with it.
  useEffect(() => button.current?.focus(), []);
  return (
    <div className="animate-appear flex items-center justify-between gap-3 rounded-xl bg-soft py-2 ps-4 pe-2 text-sm">
      <span role="status" className="min-w-0 truncate">
        {t('connections.removed', { name: `\u2068${name}\u2069` })}
      </span>
      <Button ref={button} size="sm" onClick={onUndo}>
        {t('common.undo')}
      </Button>
    </div>
  );
}

function Empty() {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col items-center gap-1 rounded-xl border border-line px-6 py-8 text-center">
      <Cable size={20} className="mb-1 text-faint" aria-hidden />
      <p className="text-sm font-medium">{t('connections.empty')}</p>
      <p className="max-w-80 text-xs text-pretty text-faint">{t('connections.emptyHelp')}</p>
    </div>
  );
}
