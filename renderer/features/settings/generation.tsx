import { useTranslation } from 'react-i18next';
import { modelLabel } from '../../lib/model-label';
import { currentManifest, loadModel, useEngine } from '../../stores/engine';
import { openModels } from '../../stores/models';
import { updateSettings, useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';
import { NumberField } from '../../ui/number-field';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { TextArea } from '../../ui/text-area';
import { ModelProblems } from '../engine/model-problems';
import { HubSourceSetting } from '../models/hub-source';
import { PresetList } from '../presets/preset-list';
import { samplingFields, withSampling } from './sampling';
import type { Setting } from './setting';

const samplingSettings: readonly Setting[] = samplingFields.map(({ name, ...bounds }) => ({
  label: `settings.${name}`,
  help: `settings.${name}Help`,
  Control: ({ labelledBy }) => {
    const { t } = useTranslation();
    const value = useSettings((settings) => settings.sampling[name]);
    return (
      <NumberField
        {...bounds}
        value={value}
        labelledBy={labelledBy}
        placeholder={t('settings.modelDefault')}
        onChange={(next) => {
          const { sampling } = useSettings.getState();
          void updateSettings({ sampling: withSampling(sampling, name, next) });
        }}
      />
    );
  },
}));

export const generation: readonly Setting[] = [
  {
    label: 'settings.model',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const models = useEngine((state) => state.models);
      const current = useEngine((state) => currentManifest(state)?.id);
      if (models.length === 0) {
        return (
          <>
            <span className="text-sm text-mute">{t('models.none')}</span>
            <Button onClick={openModels}>{t('modelsPage.manage')}</Button>
            <ModelProblems />
          </>
        );
      }
      return (
        <>
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <Select
              value={current ?? ''}
              labelledBy={labelledBy}
              options={models.map((model) => ({ value: model.id, label: modelLabel(model) }))}
              onChange={(modelId) => {
                void updateSettings({ modelId });
                void loadModel(modelId);
              }}
            />
            <Button onClick={openModels}>{t('modelsPage.manage')}</Button>
          </div>
          <ModelProblems />
        </>
      );
    },
  },
  {
    label: 'settings.provider',
    detail: 'settings.providerHelp',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const provider = useSettings((settings) => settings.provider);
      return (
        <Select
          value={provider}
          labelledBy={labelledBy}
          onChange={(value) => void updateSettings({ provider: value })}
          options={[
            { value: 'auto', label: t('settings.automatic') },
            ...(['cuda', 'webgpu', 'directml', 'coreml', 'cpu'] as const).map((value) => ({
              value,
              label: t(`providers.${value}`),
            })),
          ]}
        />
      );
    },
  },
  {
    label: 'settings.contextLength',
    detail: 'settings.contextLengthHelp',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const length = useSettings((settings) => settings.contextLength);
      const most = useEngine((state) => currentManifest(state)?.contextLength);
      return (
        <NumberField
          value={length ?? undefined}
          min={128}
          {...(most !== undefined && { max: most })}
          step={128}
          labelledBy={labelledBy}
          placeholder={t('settings.modelDefault')}
          onChange={(value) => void updateSettings({ contextLength: value ?? null })}
        />
      );
    },
  },
  {
    label: 'settings.unloadAfter',
    detail: 'settings.unloadAfterHelp',
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const minutes = useSettings((settings) => settings.unloadAfterMinutes);
      const choices = [null, 5, 15, 60] as const;
      return (
        <Segmented
          value={String(minutes)}
          labelledBy={labelledBy}
          onChange={(value) =>
            void updateSettings({
              unloadAfterMinutes: choices.find((choice) => String(choice) === value) ?? null,
            })
          }
          options={choices.map((count) => ({
            value: String(count),
            label: count === null ? t('settings.never') : t('settings.minutes', { count }),
          }))}
        />
      );
    },
  },
  {
    label: 'settings.reload',
    Control: () => {
      const { t } = useTranslation();
      const id = useEngine((state) => currentManifest(state)?.id);
      const loading = useEngine((state) => state.status.state === 'loading');
      return (
        <Button disabled={!id || loading} onClick={() => id && void loadModel(id)}>
          {t('settings.reloadNow')}
        </Button>
      );
    },
  },
  {
    label: 'settings.systemPrompt',
    help: 'settings.systemPromptHelp',
    wide: true,
    Control: ({ labelledBy }) => {
      const { t } = useTranslation();
      const prompt = useSettings((settings) => settings.systemPrompt);
      return (
        <TextArea
          value={prompt}
          maxLength={20_000}
          labelledBy={labelledBy}
          placeholder={t('settings.systemPromptPlaceholder')}
          onChange={(systemPrompt) => void updateSettings({ systemPrompt })}
        />
      );
    },
  },
  {
    label: 'getModel.source',
    help: 'getModel.sourceHelp',
    wide: true,
    Control: HubSourceSetting,
  },
  {
    label: 'presets.title',
    help: 'presets.help',
    wide: true,
    Control: PresetList,
  },
  ...samplingSettings,
];
