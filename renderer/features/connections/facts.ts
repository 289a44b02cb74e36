import { useTranslation } from 'react-i18next';
import type { RemoteModel } from '../../../electron/contract/connections';

/** What a model of another engine takes and does, in a line. */
export function useModelFacts({ contextLength, images, audio, tools, thinking }: RemoteModel): string {
  const { t } = useTranslation();
  return [
    t('connections.model.contextOf', { count: contextLength }),
    images && t('connections.model.sees'),
    audio && t('connections.model.hears'),
    tools && t('connections.model.calls'),
    thinking !== 'none' && t('connections.model.thinks'),
  ]
    .filter(Boolean)
    .join(' · ');
}
