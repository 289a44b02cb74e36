import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { newConversation, useChat } from '../../stores/chat';
import { setContextFrom, useContext } from '../../stores/context';
import { chooseModel, useConversationModel, useMissingModel } from '../../stores/model-choice';
import { Button } from '../../ui/button';
import { Notice } from './notice';

const LongDocuments = lazy(() => import('../documents/long-documents'));

interface Props {
  readonly over: number;
  readonly near: boolean;
}

/** Said before sending, because nothing is ever cut in silence, and no other model answers unsaid. */
export function ContextNotice({ over, near }: Props) {
  const { t } = useTranslation();
  const begun = useChat((state) => state.path.length > 0);
  const fitsFrom = useContext((state) => state.measure?.fitsFrom ?? null);
  const tooLong = useContext(
    (state) => state.measure?.documents?.some(({ passages }) => passages !== undefined) === true,
  );
  const misfits = useContext((state) => state.misfits.size);
  return (
    <>
      <MissingModel />
      <Suspense>{over === 0 && tooLong && <LongDocuments />}</Suspense>
      {(over > 0 || near) && (
        <Notice
          tone={over > 0 ? 'danger' : 'warn'}
          actions={
            <>
              {over > 0 && fitsFrom !== null && misfits > 0 && (
                <Button size="sm" onClick={() => setContextFrom(fitsFrom)}>
                  {t('context.leaveOut', { count: misfits })}
                </Button>
              )}
              {begun && (
                <Button size="sm" onClick={newConversation}>
                  {t('sidebar.newChat')}
                </Button>
              )}
            </>
          }
        >
          {over > 0 ? t('composer.contextOver', { count: over }) : t('composer.contextNear')}
        </Notice>
      )}
    </>
  );
}

function MissingModel() {
  const { t } = useTranslation();
  const missing = useMissingModel();
  const name = useConversationModel()?.name;
  if (missing === null || name === undefined) return null;
  return (
    <Notice
      tone="warn"
      actions={
        <Button size="sm" onClick={() => chooseModel(null)}>
          {t('models.stay', { name })}
        </Button>
      }
    >
      {t('models.gone', { missing, name })}
    </Notice>
  );
}
