import { ChevronRight } from 'lucide-react';
import { memo, useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AssistantMessage } from '../../../electron/contract/conversations';
import { formatDuration } from '../../lib/format';
import { liveTurnOf } from '../../stores/live';
import { setReasoningOpen, useReasoning } from '../../stores/reasoning';
import { useSettings } from '../../stores/settings';
import type { LivePhase } from '../conversation/use-live';
import { reasoningLines } from './lines';
import { LiveLines } from './live-lines';
import { RunningTime } from './running-time';

interface ReasoningProps {
  readonly message: AssistantMessage;
  readonly phase: LivePhase;
}

/**
 * The model's reasoning, a block of its own. While it is written its last lines are in view; done, it folds to one line, or
 * goes. The reader's own choice for a message wins over both.
 */
export const Reasoning = memo(function Reasoning({ message, phase }: ReasoningProps) {
  const { t } = useTranslation();
  const view = useSettings((settings) => settings.reasoningView);
  const chosen = useReasoning((state) => state.open[message.id]);
  const bodyId = useId();
  const live = phase === 'reasoning';
  const text = phase === null ? message.reasoning : (liveTurnOf(message.id)?.reasoning ?? '');
  if (!live && text.trim() === '') return null;
  // Hidden, only that the model is thinking is said, until the reader asks for this one (by its shortcut).
  if (!live && view === 'hide' && chosen === undefined) return null;
  const open = chosen ?? view === 'always-open';
  const peek = live && !open && chosen === undefined && view === 'fold-when-done';
  return (
    <section aria-label={t('reasoning.thought')} className="text-sm text-mute">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setReasoningOpen(message.id, !open)}
        className={`-ms-1 flex h-6 items-center gap-1.5 rounded-md ps-1 pe-2 hover:text-text ${live ? 'text-text' : ''}`}
      >
        <span className="grid w-3.5 flex-none place-items-center">
          {live ? (
            <span className="pulse" />
          ) : (
            <ChevronRight
              size={14}
              aria-hidden
              className={`transition-transform duration-150 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
            />
          )}
        </span>
        {live ? <RunningTime messageId={message.id} /> : <Summary message={message} phase={phase} />}
      </button>
      <div
        id={bodyId}
        className={`grid transition-[grid-template-rows] duration-150 ease-out ${open || peek ? 'grid-rows-[1fr]' : 'grid-rows-[0fr]'}`}
      >
        <div className="min-h-0 overflow-hidden">
          {(open || peek) && (
            <div
              className={`tabular ms-1.5 mt-1 mb-2 border-s-2 ps-3.5 leading-5 ${live ? 'border-accent' : 'border-line'}`}
            >
              {live ? <LiveLines messageId={message.id} all={open} /> : <Lines text={text} />}
            </div>
          )}
        </div>
      </div>
    </section>
  );
});

function Summary({ message, phase }: ReasoningProps) {
  const { t } = useTranslation();
  const turn = phase === null ? undefined : liveTurnOf(message.id);
  const ms = turn ? turn.reasoningMs(performance.now()) : (message.stats?.reasoningMs ?? null);
  const count = turn ? turn.reasoningTokens : (message.stats?.reasoningTokens ?? null);
  const ended = message.text !== '' || turn !== undefined;
  const thought =
    ms === null
      ? t('reasoning.thought')
      : t(ended ? 'reasoning.thoughtFor' : 'reasoning.thoughtStopped', { time: formatDuration(ms, t) });
  return (
    <span className="tabular">
      {thought}
      {count !== null && ` · ${t('reasoning.tokens', { count })}`}
    </span>
  );
}

function Lines({ text }: { readonly text: string }) {
  const lines = useMemo(() => reasoningLines(text), [text]);
  return (
    <div className="flex flex-col gap-1" dir="auto">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a finished text never move.
        <div key={index} className="overflow-wrap-anywhere whitespace-pre-wrap">
          {line}
        </div>
      ))}
    </div>
  );
}
