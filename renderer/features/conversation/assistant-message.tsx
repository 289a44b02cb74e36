import { lazy, memo, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { Reasoning } from '../reasoning/reasoning';
import { AnswerActions } from './answer-actions';
import { AnswerNotice } from './answer-notice';
import { Preparing } from './preparing';
import { useLiveAnswer, useLivePhase } from './use-live';

export const loadMarkdown = () => import('../markdown/markdown');
const Markdown = lazy(loadMarkdown);
const AnswerDocuments = lazy(() => import('../documents/answer-documents'));

interface Props {
  readonly message: AssistantMessage;
  readonly last: boolean;
}

export const AssistantMessageView = memo(function AssistantMessageView({ message, last }: Props) {
  const { t } = useTranslation();
  const phase = useLivePhase(message.id);
  const waiting = phase === 'preparing' || (phase === null && message.state === 'pending');
  return (
    <article
      aria-label={t('conversation.assistant')}
      aria-busy={phase !== null}
      className="group flex flex-col gap-2 pt-1"
    >
      {waiting && <Preparing messageId={message.id} />}
      <Reasoning message={message} phase={phase} />
      <Answer message={message} />
      <Suspense>{message.documents && <AnswerDocuments message={message} />}</Suspense>
      {phase === null && message.state !== 'pending' && (
        <>
          <AnswerNotice message={message} />
          <AnswerActions message={message} last={last} />
        </>
      )}
    </article>
  );
});

function Answer({ message }: { readonly message: AssistantMessage }) {
  const live = useLiveAnswer(message.id);
  const text = live ?? message.text;
  if (text === '') return null;
  return (
    <Suspense
      fallback={
        <div dir="auto" className="prose whitespace-pre-wrap">
          {text}
        </div>
      }
    >
      <Markdown text={text} streaming={live !== null} />
    </Suspense>
  );
}
