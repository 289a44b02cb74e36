import { MicOff, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { Notice } from '../composer/notice';
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
    <Notice
      tone="warn"
      icon={MicOff}
      urgent
      actions={
        <>
          <Button size="sm" onClick={page ? openSystem : () => openSettings('voice')}>
            {t(page ? 'voice.openSystemSettings' : 'voice.voiceSettings')}
          </Button>
          <IconButton size="sm" label={t('common.dismiss')} side="top" onClick={dismissVoiceProblem}>
            <X size={15} aria-hidden />
          </IconButton>
        </>
      }
    >
      {t(`voice.problem.${sentence(problem, system)}`)}
    </Notice>
  );
}

function sentence(problem: VoiceProblem, system: System) {
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
