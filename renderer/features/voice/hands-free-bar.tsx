import { Ear, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { stopHandsFree, useHandsFree } from './hands-free';
import { useRecognizer } from './recognizer';
import { Waveform } from './waveform';

/** As long as the microphone is open nobody must have to look for that. */
export function HandsFreeBar() {
  const { t } = useTranslation();
  const phase = useHandsFree((state) => state.phase);
  const recognizer = useRecognizer();
  if (phase === 'off') return null;
  const text = {
    opening: t('voice.opening'),
    listening: t('voice.handsFree.listening'),
    speaking: t('voice.handsFree.speaking'),
    writing: recognizer ? t('voice.writingWith', { name: recognizer.name }) : t('voice.writing'),
  }[phase];
  const Icon = phase === 'opening' || phase === 'writing' ? LoaderCircle : Ear;
  return (
    <section
      aria-label={t('voice.handsFree.on')}
      className={`animate-rise mb-2 flex items-center gap-3 rounded-xl border bg-tint py-1.5 ps-3.5 pe-2 text-sm text-text transition-colors duration-150 ${phase === 'speaking' ? 'border-accent' : 'border-transparent'}`}
    >
      <Icon
        size={16}
        className={`flex-none text-accent ${Icon === LoaderCircle ? 'animate-spin-slow' : ''}`}
        aria-hidden
      />
      <span className="flex-none font-medium max-sm:hidden">{t('voice.handsFree.on')}</span>
      <span role="status" className="min-w-0 truncate text-mute">
        {text}
      </span>
      <Waveform className="h-5 min-w-8 flex-1 text-accent" />
      <Button size="sm" onClick={() => stopHandsFree()}>
        {t('voice.handsFree.stop')}
      </Button>
    </section>
  );
}
