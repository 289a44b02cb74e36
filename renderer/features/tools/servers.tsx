import { Braces, Plus, Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolServer } from '../../../electron/contract/tool-servers';
import { useSettings } from '../../stores/settings';
import { addServers, changeServer, removeServer, restoreServer, useTools } from '../../stores/tools';
import { Button } from '../../ui/button';
import { EmptyNote } from '../../ui/empty-note';
import { UndoRow } from '../../ui/undo-row';
import { ImportForm } from './import-form';
import { draftOf, emptyDraft } from './server-draft';
import { ServerForm } from './server-form';
import { ServerRow } from './server-row';

interface Removed {
  readonly server: ToolServer;
  /** Its place among the others. */
  readonly at: number;
}

type Doing = { readonly what: 'add' | 'paste' } | { readonly what: 'edit'; readonly id: string } | null;

/** The settings' section of tools: the servers, and the ways to get more. */
export default function Servers() {
  const { t } = useTranslation();
  const servers = useSettings((settings) => settings.toolServers);
  const statuses = useTools((state) => state.statuses);
  const [doing, setDoing] = useState<Doing>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const close = () => setDoing(null);
  return (
    <div className="flex flex-col gap-3 py-4">
      <p className="text-sm text-pretty text-mute">{t('tools.lead')}</p>
      {servers.length === 0 && doing === null && removed === null && (
        <EmptyNote icon={Wrench} title={t('tools.empty')} help={t('tools.emptyHelp')} />
      )}
      {servers.length > 0 && (
        <ul className="flex flex-col gap-2">
          {servers.map((server, at) =>
            doing?.what === 'edit' && doing.id === server.id ? (
              <li key={server.id}>
                <EditForm server={server} onClose={close} />
              </li>
            ) : (
              <ServerRow
                key={server.id}
                server={server}
                status={statuses.find(({ id }) => id === server.id)}
                onEdit={() => setDoing({ what: 'edit', id: server.id })}
                onRemove={() => {
                  removeServer(server.id);
                  setRemoved({ server, at });
                }}
              />
            ),
          )}
        </ul>
      )}
      {removed && (
        <UndoRow
          key={removed.server.id}
          text={t('tools.removed', { name: `\u2068${removed.server.name}\u2069` })}
          onUndo={() => {
            restoreServer(removed.server, removed.at);
            setRemoved(null);
          }}
        />
      )}
      {doing?.what === 'add' && (
        <ServerForm
          title={t('tools.form.addTitle')}
          initial={emptyDraft}
          action={t('tools.form.saveAndStart')}
          onCancel={close}
          onSave={(name, transport) => {
            addServers([
              { id: crypto.randomUUID(), name, enabled: true, transport, allowed: {}, hidden: [] },
            ]);
            close();
          }}
        />
      )}
      {doing?.what === 'paste' && <ImportForm onClose={close} />}
      {doing === null && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setDoing({ what: 'add' })}>
            <Plus size={16} aria-hidden />
            {t('tools.add')}
          </Button>
          <Button onClick={() => setDoing({ what: 'paste' })}>
            <Braces size={15} aria-hidden />
            {t('tools.paste')}
          </Button>
        </div>
      )}
      <p className="text-xs text-pretty text-faint">{t('tools.safety')}</p>
    </div>
  );
}

function EditForm({ server, onClose }: { readonly server: ToolServer; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ServerForm
      title={t('tools.form.editTitle', { name: server.name })}
      initial={draftOf(server)}
      action={t('tools.form.save')}
      onCancel={onClose}
      onSave={(name, transport) => {
        const isSame = JSON.stringify(transport) === JSON.stringify(server.transport);
        // What was allowed was allowed to another program.
        changeServer(server.id, { name, transport, ...(!isSame && { allowed: {} }) });
        onClose();
      }}
    />
  );
}
