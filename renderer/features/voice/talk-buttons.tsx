import { Ear, Mic } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../stores/settings';
import { IconButton } from '../../ui/icon-button';
import { keysOf } from '../shortcuts/registry';
import { toggleHandsFree, useHandsFree } from './hands-free';
import { pressTalk, releaseTalk, toggleTalk, useVoice } from './voice';

/** The microphone, and where it is offered the mode that needs no button. */
export function TalkButtons() {
  const { t } = useTranslation();
  const phase = useVoice((state) => state.phase);
  const offered = useSettings((settings) => settings.handsFree);
  const handsFree = useHandsFree((state) => state.phase !== 'off');
  const recording = phase === 'opening' || phase === 'recording';
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    // Letting go counts wherever the pointer has gone meanwhile.
    event.currentTarget.setPointerCapture(event.pointerId);
    pressTalk();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) pressTalk();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    releaseTalk();
  };
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
          onPointerDown={onPointerDown}
          onPointerUp={releaseTalk}
          onPointerCancel={releaseTalk}
          onKeyDown={onKeyDown}
          onKeyUp={onKeyUp}
          onClick={(event) => {
            // Pointers and keys have been dealt with; assistive technology only clicks.
            if (event.detail === 0) toggleTalk();
          }}
          onContextMenu={(event) => event.preventDefault()}
          className={`touch-none select-none ${recording ? 'bg-danger! text-bg!' : ''}`}
        >
          <Mic size={18} aria-hidden />
        </IconButton>
      )}
    </>
  );
}
