import { Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { updateSettings, useSettings } from '../../stores/settings';
import { IconButton } from '../../ui/icon-button';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Slider } from '../../ui/slider';
import { Switch } from '../../ui/switch';
import { ShortcutRow } from '../shortcuts/shortcut-row';
import { MicrophoneTest } from '../voice/microphone-test';
import { canRead } from '../voice/read-aloud';
import { useRecognizer } from '../voice/recognizer';
import { useMicrophones } from '../voice/use-microphones';
import { sayAloud, useVoices } from '../voice/use-voices';
import type { Setting } from './setting';

/** Radix takes no empty value. */
const SYSTEM = 'system';

const device: Setting = {
  label: 'voice.settings.device',
  heading: 'voice.settings.talking',
  Control: ({ labelledBy }) => {
    const { t } = useTranslation();
    const chosen = useSettings((settings) => settings.microphoneId);
    const microphones = useMicrophones();
    const known = microphones.some(({ deviceId }) => deviceId === chosen);
    return (
      <Select
        value={known && chosen !== null ? chosen : SYSTEM}
        labelledBy={labelledBy}
        onChange={(id) => void updateSettings({ microphoneId: id === SYSTEM ? null : id })}
        options={[
          { value: SYSTEM, label: t('voice.settings.systemDevice') },
          ...microphones.map(({ deviceId, label }, index) => ({
            value: deviceId,
            label: label || t('voice.settings.unnamedDevice', { index: index + 1 }),
          })),
        ]}
      />
    );
  },
};

const test: Setting = {
  label: 'voice.settings.test',
  detail: 'voice.settings.testHelp',
  Control: MicrophoneTest,
};

const recognizer: Setting = {
  label: 'voice.settings.recognizer',
  Control: function RecognizerInUse() {
    const { t } = useTranslation();
    const found = useRecognizer();
    return (
      <span className={`max-w-72 text-end text-sm ${found ? 'text-mute' : 'text-warn'}`}>
        {found === null ? t('voice.settings.recognizerNone') : found.name}
      </span>
    );
  },
};

const language: Setting = {
  label: 'voice.settings.language',
  Control: ({ labelledBy }) => {
    const { t } = useTranslation();
    const spoken = useSettings((settings) => settings.spokenLanguage);
    return (
      <Segmented
        value={spoken}
        labelledBy={labelledBy}
        onChange={(spokenLanguage) => void updateSettings({ spokenLanguage })}
        options={[
          { value: 'auto', label: t('voice.settings.languageAuto') },
          { value: 'en', label: t('voice.settings.english') },
          { value: 'zh', label: t('voice.settings.chinese') },
        ]}
      />
    );
  },
};

const input: Setting = {
  label: 'voice.settings.input',
  detail: 'voice.settings.inputHelp',
  Control: ({ labelledBy }) => {
    const { t } = useTranslation();
    const chosen = useSettings((settings) => settings.voiceInput);
    return (
      <Segmented
        value={chosen}
        labelledBy={labelledBy}
        onChange={(voiceInput) => void updateSettings({ voiceInput })}
        options={[
          { value: 'transcribe', label: t('voice.settings.transcribe') },
          { value: 'hear', label: t('voice.settings.hear') },
        ]}
      />
    );
  },
};

const send: Setting = {
  label: 'voice.settings.send',
  Control: ({ labelledBy }) => {
    const on = useSettings((settings) => settings.sendSpoken);
    return (
      <Switch
        checked={on}
        labelledBy={labelledBy}
        onChange={(sendSpoken) => void updateSettings({ sendSpoken })}
      />
    );
  },
};

const handsFree: Setting = {
  label: 'voice.settings.handsFree',
  detail: 'voice.settings.handsFreeHelp',
  Control: ({ labelledBy }) => {
    const on = useSettings((settings) => settings.handsFree);
    return (
      <Switch
        checked={on}
        labelledBy={labelledBy}
        onChange={(value) => void updateSettings({ handsFree: value })}
      />
    );
  },
};

const talkKeys: Setting = {
  label: 'voice.settings.talkKeys',
  detail: { own: 'voice.settings.talkKeysHelp', browser: 'voice.settings.talkKeysBrowserHelp' },
  Control: () => (
    <ul className="-me-2 min-w-48">
      <ShortcutRow name="talk" alone />
    </ul>
  ),
};

const readAloud: Setting = {
  label: 'voice.settings.readAloud',
  heading: 'voice.settings.reading',
  detail: 'voice.settings.readAloudHelp',
  Control: ({ labelledBy }) => {
    const { t } = useTranslation();
    const chosen = useSettings((settings) => settings.readAloud);
    const voices = useVoices();
    if (!canRead || voices.length === 0) {
      return <span className="text-sm text-mute">{t('voice.settings.noVoices')}</span>;
    }
    return (
      <Segmented
        value={chosen}
        labelledBy={labelledBy}
        onChange={(value) => void updateSettings({ readAloud: value })}
        options={[
          { value: 'off', label: t('voice.settings.readOff') },
          { value: 'spoken', label: t('voice.settings.readSpoken') },
        ]}
      />
    );
  },
};

function voiceOf(spoken: 'en' | 'zh'): Setting {
  const key = spoken === 'en' ? 'voiceEn' : 'voiceZh';
  return {
    label: `voice.settings.${key}`,
    Control: ({ labelledBy }) => {
      const { t, i18n } = useTranslation();
      const chosen = useSettings((settings) => settings[key]);
      const voices = useVoices().filter(({ lang }) => lang.toLowerCase().startsWith(spoken));
      const known = voices.some(({ voiceURI }) => voiceURI === chosen);
      const sample = i18n.getFixedT(spoken === 'en' ? 'en' : 'zh-CN')('voice.settings.sample');
      if (!canRead || voices.length === 0) {
        return <span className="text-sm text-mute">{t('voice.settings.noVoice')}</span>;
      }
      return (
        <div className="flex items-center gap-2">
          <Select
            value={known && chosen !== null ? chosen : SYSTEM}
            labelledBy={labelledBy}
            onChange={(uri) => void updateSettings({ [key]: uri === SYSTEM ? null : uri })}
            options={[
              { value: SYSTEM, label: t('voice.settings.systemVoice') },
              ...voices.map(({ voiceURI, name }) => ({ value: voiceURI, label: name })),
            ]}
          />
          <IconButton label={t('voice.settings.hearSample')} onClick={() => sayAloud(sample)}>
            <Volume2 size={16} aria-hidden />
          </IconButton>
        </div>
      );
    },
  };
}

const rate: Setting = {
  label: 'voice.settings.rate',
  Control: ({ labelledBy }) => {
    const chosen = useSettings((settings) => settings.speechRate);
    return (
      <div className="flex items-center gap-3">
        <Slider
          min={0.5}
          max={2}
          step={0.1}
          value={chosen}
          labelledBy={labelledBy}
          text={`${chosen} ×`}
          onChange={(speechRate) => void updateSettings({ speechRate })}
          className="w-40"
        />
        <span className="tabular w-10 text-end text-sm text-mute">{chosen.toFixed(1)} ×</span>
      </div>
    );
  },
};

export const voice: readonly Setting[] = [
  device,
  test,
  recognizer,
  language,
  input,
  send,
  talkKeys,
  handsFree,
  readAloud,
  voiceOf('en'),
  voiceOf('zh'),
  rate,
];
