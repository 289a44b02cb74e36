import { Ear, Mic } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../stores/settings';
import { IconButton } from '../../ui/icon-button';
import { keysOf } from '../shortcuts/registry';
import { toggleHandsFree, useHandsFree } from './hands-free';
import { talkPress } from './talk-press';
import { useVoice } from './voice';

/** The microphone, and where it is offered the mode that needs no button. */
export function TalkButtons() {
  const { t } = useTranslation();
  const phase = useVoice((state) => state.phase);
  const offered = useSettings((settings) => settings.handsFree);
  const handsFree = useHandsFree((state) => state.phase !== 'off');
  const recording = phase === 'opening' || phase === 'recording';
  return (
    <>
      {offered && phase === 'idle' && !handsFree && (
        <IconButton label={t('voice.handsFree.start')} side="top" onClick={toggleHandsFree}>
          <Ear size={18} aria-hidden />
        </IconButton>
      )}
      {!handsFree && (
        <IconButton
          label={recording ? t('voice.finish') : t('voice.talk')}
          keys={keysOf('talk')}
          side="top"
          aria-pressed={recording}
          quiet={recording}
          disabled={phase === 'writing'}
          {...talkPress}
          className={`touch-none select-none ${recording ? 'bg-danger! text-bg!' : ''}`}
        >
          <Mic size={18} aria-hidden />
        </IconButton>
      )}
    </>
  );
}
