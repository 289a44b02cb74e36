import { MicOff, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';
import { openSettings } from '../../stores/ui';
import { IconButton } from '../../ui/icon-button';
import { dismissVoiceProblem, useVoice, type VoiceProblem } from './voice';

type System = 'mac' | 'windows' | 'linux' | 'browser';

/** Why nobody can be heard, and what to do about it. */
export function VoiceNotice() {
  const { t } = useTranslation();
  const problem = useVoice((state) => state.problem);
  const own = useShell(({ shell }) => shell !== null);
  if (problem === null) return null;
  const system = own ? systemOf(navigator.platform) : 'browser';
  const page = problem === 'denied' && (system === 'mac' || system === 'windows');
  return (
    <div
      role="alert"
      className="animate-rise mb-2 flex items-start gap-3 rounded-xl bg-warn-tint py-2 ps-3.5 pe-2 text-sm text-warn"
    >
      <MicOff size={16} className="mt-1 flex-none" aria-hidden />
      <span className="min-w-0 flex-1 py-0.5">{t(`voice.problem.${sentence(problem, system)}`)}</span>
      {page && (
        <button type="button" onClick={openSystem} className="flex-none py-0.5 font-medium underline">
          {t('voice.openSystemSettings')}
        </button>
      )}
      {!page && (
        <button
          type="button"
          onClick={() => openSettings('voice')}
          className="flex-none py-0.5 font-medium underline"
        >
          {t('voice.voiceSettings')}
        </button>
      )}
      <IconButton
        size="sm"
        className="text-warn"
        label={t('common.dismiss')}
        side="top"
        onClick={dismissVoiceProblem}
      >
        <X size={15} aria-hidden />
      </IconButton>
    </div>
  );
}

export function sentence(problem: VoiceProblem, system: System) {
  return problem === 'denied' ? (`denied-${system}` as const) : problem;
}

function systemOf(platform: string): System {
  if (/mac/i.test(platform)) return 'mac';
  return /win/i.test(platform) ? 'windows' : 'linux';
}

function openSystem(): void {
  bridge()
    .request('shell.openMicrophoneSettings')
    .catch((error: unknown) => showError(errorInfo(error)));
}
