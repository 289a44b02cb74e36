import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { describeKeys } from '../shortcuts/keys';
import type { Setting } from './setting';

export const general: readonly Setting[] = [
  {
    label: 'settings.language',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const language = useSettings((settings) => settings.language);
      return (
        <Select
          value={language}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ language: value })}
          options={[
            { value: 'system', label: t('settings.system') },
            { value: 'en', label: 'English' },
            { value: 'zh-CN', label: '简体中文' },
          ]}
        />
      );
    },
  },
  {
    label: 'settings.sendKey',
    help: 'settings.sendKeyHelp',
    Control: ({ labelledBy }) => {
      const sendKey = useSettings((settings) => settings.sendKey);
      return (
        <Segmented
          value={sendKey}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ sendKey: value })}
          options={[
            { value: 'enter', label: 'Enter' },
            { value: 'mod-enter', label: `${describeKeys('mod')} Enter` },
          ]}
        />
      );
    },
  },
  {
    label: 'settings.thinking',
    help: 'settings.thinkingHelp',
    Control: ({ labelledBy }) => {
      const thinking = useSettings((settings) => settings.thinking);
      return (
        <Switch
          checked={thinking}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ thinking: value })}
        />
      );
    },
  },
  {
    label: 'settings.reasoningView',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const view = useSettings((settings) => settings.reasoningView);
      return (
        <Segmented
          value={view}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ reasoningView: value })}
          options={[
            { value: 'fold-when-done', label: t('settings.fold-when-done') },
            { value: 'always-open', label: t('settings.always-open') },
            { value: 'hide', label: t('settings.hidden') },
          ]}
        />
      );
    },
  },
  {
    label: 'settings.showStatistics',
    help: 'settings.showStatisticsHelp',
    Control: ({ labelledBy }) => {
      const shown = useSettings((settings) => settings.showStatistics);
      return (
        <Switch
          checked={shown}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ showStatistics: value })}
        />
      );
    },
  },
];
