import { Fragment, lazy, memo, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { Reasoning } from '../reasoning/reasoning';
import { segments } from '../tools/segments';
import { AnswerActions } from './answer-actions';
import { AnswerNotice } from './answer-notice';
import { Preparing } from './preparing';
import { type LivePhase, useLiveAnswer, useLiveCalls, useLivePhase } from './use-live';

export const loadMarkdown = () => import('../markdown/markdown');
const Markdown = lazy(loadMarkdown);
const ToolCalls = lazy(() => import('../tools/tool-calls'));
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
      <Reasoning message={message} phase={phase} />
      <Answer message={message} phase={phase} />
      {waiting && <Preparing messageId={message.id} />}
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

interface AnswerProps {
  readonly message: AssistantMessage;
  readonly phase: LivePhase;
}

/** The text, and in it the calls of tools where they were made. */
function Answer({ message, phase }: AnswerProps) {
  const live = useLiveAnswer(message.id);
  const liveCalls = useLiveCalls(message.id);
  const calls = liveCalls ?? message.toolCalls ?? NONE;
  const text = live ?? message.text;
  if (calls.length === 0) return <Text text={text} streaming={live !== null} />;
  return segments(text, calls).map((segment) => (
    <Fragment key={segment.start}>
      <Text text={segment.text} streaming={phase === 'answering' && segment.calls.length === 0} />
      {segment.calls.length > 0 && (
        <Suspense>
          <ToolCalls messageId={message.id} calls={segment.calls} />
        </Suspense>
      )}
    </Fragment>
  ));
}

const NONE: NonNullable<AssistantMessage['toolCalls']> = [];

function Text({ text, streaming }: { readonly text: string; readonly streaming: boolean }) {
  if (text === '') return null;
  return (
    <Suspense
      fallback={
        <div dir="auto" className="prose whitespace-pre-wrap">
          {text}
        </div>
      }
    >
      <Markdown text={text} streaming={streaming} />
    </Suspense>
  );
}
