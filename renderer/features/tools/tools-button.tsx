import { Settings2, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useConversationModel } from '../../stores/model-choice';
import { setConversationServers } from '../../stores/tools';
import { openSettings } from '../../stores/ui';
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from '../../ui/menu';
import { Tooltip } from '../../ui/tooltip';
import { type ConversationServer, useConversationServers, useTakesTools } from './use-tools';

/** Which tools the conversation has; left out while no server of tools is switched on. */
export default function ToolsButton() {
  const { t } = useTranslation();
  const servers = useConversationServers();
  const able = useTakesTools() !== false;
  const name = useConversationModel()?.name ?? '';
  if (servers.length === 0) return null;
  const count = servers.reduce((sum, server) => sum + (server.used ? server.count : 0), 0);
  const unable = t('tools.composer.unable', { name: `\u2068${name}\u2069` });
  const label = !able ? unable : count === 0 ? t('tools.composer.none') : t('tools.composer.on', { count });
  const on = able && count > 0;
  const look = on
    ? 'border-transparent bg-tint text-accent'
    : 'border-line text-mute hover:bg-hover hover:text-text';
  return (
    <Menu
      side="top"
      wide
      trigger={
        <button
          type="button"
          aria-label={`${t('tools.composer.label')}: ${label}`}
          className={`flex h-8 flex-none items-center gap-1.5 rounded-full border px-3 text-sm transition-colors duration-100 ${look}`}
        >
          <Tooltip label={label} side="top">
            <span className="flex items-center gap-1.5">
              <Wrench size={15} aria-hidden />
              <span className="@max-sm:hidden">{t('tools.composer.label')}</span>
              {on && <span className="tabular">{count}</span>}
            </span>
          </Tooltip>
        </button>
      }
    >
      {able ? (
        <>
          <MenuLabel>{t('tools.composer.servers')}</MenuLabel>
          {servers.map((server) => (
            <ServerItem key={server.server.id} servers={servers} item={server} />
          ))}
        </>
      ) : (
        <MenuLabel>
          <span className="block text-sm text-pretty text-mute">{unable}</span>
        </MenuLabel>
      )}
      <MenuSeparator />
      <MenuItem icon={<Settings2 size={16} aria-hidden />} onSelect={() => openSettings('tools')}>
        {t('tools.composer.manage')}
      </MenuItem>
    </Menu>
  );
}

function ServerItem({
  servers,
  item: { server, status, used, count },
}: {
  readonly servers: readonly ConversationServer[];
  readonly item: ConversationServer;
}) {
  const { t } = useTranslation();
  const state = status?.state ?? 'off';
  const choose = (use: boolean) => {
    const chosen = servers.filter((other) => (other.server.id === server.id ? use : other.used));
    // All of them is no choice: a server that is added later belongs to it.
    setConversationServers(chosen.length === servers.length ? null : chosen.map(({ server: { id } }) => id));
  };
  return (
    <MenuCheck checked={used} onChange={choose}>
      <span className="block truncate" dir="auto">
        {server.name}
      </span>
      <span className={`block text-xs ${state === 'failed' ? 'text-danger' : 'text-faint'}`}>
        {state === 'ready' ? t('tools.state.ready', { count }) : t(`tools.state.${state}`)}
      </span>
    </MenuCheck>
  );
}
