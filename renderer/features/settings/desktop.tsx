import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { Switch } from '../../ui/switch';
import { UpdateControl } from '../updates/update-control';
import type { Setting } from './setting';

const closeToTray: Setting = {
  label: 'desktop.closeToTray',
  help: 'desktop.closeToTrayHelp',
  Control: ({ labelledBy }) => {
    const kept = useSettings((settings) => settings.closeToTray);
    return (
      <Switch
        checked={kept}
        labelledBy={labelledBy}
        onChange={(value) => void updateSettings({ closeToTray: value })}
      />
    );
  },
};

const launchAtLogin: Setting = {
  label: 'desktop.launchAtLogin',
  help: 'desktop.launchAtLoginHelp',
  Control: ({ labelledBy }) => {
    const launched = useSettings((settings) => settings.launchAtLogin);
    return (
      <Switch
        checked={launched}
        labelledBy={labelledBy}
        onChange={(value) => void updateSettings({ launchAtLogin: value })}
      />
    );
  },
};

const updateCheck: Setting = {
  label: 'desktop.updateCheck',
  help: 'desktop.updateCheckHelp',
  Control: ({ labelledBy }) => {
    const check = useSettings((settings) => settings.updateCheck);
    return (
      <Switch
        checked={check === 'on'}
        labelledBy={labelledBy}
        onChange={(on) => void updateSettings({ updateCheck: on ? 'on' : 'off' })}
      />
    );
  },
};

const updates: Setting = {
  label: 'updates.label',
  wide: true,
  Control: function Updates() {
    const { t } = useTranslation();
    return <UpdateControl idle={t('updates.idle')} />;
  },
};

/** Of the general settings, those that this host has. Empty in a browser. */
export function useDesktopSettings(): readonly Setting[] {
  const shell = useShell((state) => state.shell);
  if (!shell) return [];
  return [
    ...(shell.tray ? [closeToTray] : []),
    ...(shell.canLaunchAtLogin ? [launchAtLogin] : []),
    ...(shell.update.state === 'unavailable' ? [] : [updateCheck, updates]),
  ];
}
