import { updateSettings, useSettings } from '../../stores/settings';
import { useUi } from '../../stores/ui';

/** In a narrow window the sidebar is a drawer that comes and goes; else whether it stays is a setting. */
export function toggleSidebar(): void {
  const { narrow, drawerOpen } = useUi.getState();
  if (narrow) useUi.setState({ drawerOpen: !drawerOpen });
  else void updateSettings({ sidebarOpen: !useSettings.getState().sidebarOpen });
}

export function showSidebar(): void {
  if (useUi.getState().narrow) useUi.setState({ drawerOpen: true });
  else if (!useSettings.getState().sidebarOpen) void updateSettings({ sidebarOpen: true });
}
