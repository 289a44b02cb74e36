import { updateSettings, useSettings } from '../../stores/settings';
import { Switch } from '../../ui/switch';
import type { Setting } from '../settings/setting';

export const toolSettings: readonly Setting[] = [
  {
    label: 'tools.readOnly',
    help: 'tools.readOnlyHelp',
    Control: ({ labelledBy }) => {
      const allowed = useSettings((settings) => settings.readOnlyTools === 'allow');
      return (
        <Switch
          checked={allowed}
          labelledBy={labelledBy}
          onChange={(allow) => void updateSettings({ readOnlyTools: allow ? 'allow' : 'ask' })}
        />
      );
    },
  },
];
