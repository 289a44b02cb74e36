import { Cable, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
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
import { EmptyNote } from '../../ui/empty-note';
import { UndoRow } from '../../ui/undo-row';
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
      {connections.length === 0 && doing === null && removed === null && (
        <EmptyNote icon={Cable} title={t('connections.empty')} help={t('connections.emptyHelp')} />
      )}
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
        <UndoRow
          key={removed.id}
          text={t('connections.removed', { name: `\u2068${removed.name}\u2069` })}
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
