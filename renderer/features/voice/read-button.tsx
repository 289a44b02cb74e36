import { Volume2, VolumeX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/icon-button';
import { keysOf } from '../shortcuts/registry';
import { canRead, toggleReading, useReading } from './read-aloud';

interface ReadButtonProps {
  readonly messageId: string;
  readonly text: string;
  readonly last: boolean;
}

export function ReadButton({ messageId, text, last }: ReadButtonProps) {
  const { t } = useTranslation();
  const reading = useReading((state) => state.messageId === messageId);
  if (!canRead) return null;
  return (
    <IconButton
      size="sm"
      className={reading ? 'text-accent' : 'text-faint'}
      label={t(reading ? 'voice.stopReading' : 'voice.read')}
      keys={reading ? 'escape' : last ? keysOf('readAloud') : undefined}
      aria-pressed={reading}
      onClick={() => toggleReading(messageId, text)}
    >
      {reading ? <VolumeX size={15} aria-hidden /> : <Volume2 size={15} aria-hidden />}
    </IconButton>
  );
}
