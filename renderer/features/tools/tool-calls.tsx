import { Ban, Check, ChevronRight, CircleAlert, CircleSlash, type LucideIcon } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CalledTool, isOver, MAX_TOOL_ROUNDS } from '../../../electron/contract/tools';
import { formatDuration } from '../../lib/format';
import { MessageImages } from '../attachments/message-images';
import { useErrorText } from '../engine/use-error-text';
import { readableArguments } from './arguments';
import { Consent } from './consent';
import { PlainBlock } from './plain-block';

interface ToolCallsProps {
  readonly messageId: string;
  readonly calls: readonly CalledTool[];
}

/** Calls that were made at one place of an answer: a line each, folded, but for one that waits for consent. */
export default function ToolCalls({ messageId, calls }: ToolCallsProps) {
  const { t } = useTranslation();
  const settled = calls.filter(({ state }) => state !== 'asking');
  // All rounds were used up, and that is why it answered.
  const isLast = calls.some(({ round }) => round === MAX_TOOL_ROUNDS - 1) && calls.every(isOver);
  return (
    <div className="flex flex-col gap-2">
      {settled.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line text-sm">
          {settled.map((call) => (
            <li key={call.id} aria-label={t('tools.call.label', { tool: call.title })}>
              <Call call={call} />
            </li>
          ))}
        </ul>
      )}
      {calls.map((call) =>
        call.state === 'asking' ? <Consent key={call.id} messageId={messageId} call={call} /> : null,
      )}
      {isLast && <p className="text-xs text-faint">{t('tools.call.rounds', { count: MAX_TOOL_ROUNDS })}</p>}
    </div>
  );
}

const icons: Partial<Record<CalledTool['state'], readonly [icon: LucideIcon, color: string]>> = {
  done: [Check, 'text-accent'],
  failed: [CircleAlert, 'text-danger'],
  denied: [Ban, 'text-faint'],
  stopped: [CircleSlash, 'text-faint'],
};

function Call({ call }: { readonly call: CalledTool }) {
  const [open, setOpen] = useState(false);
  const bodyId = useId();
  const { title, server, state, result } = call;
  const [Icon, color] = icons[state] ?? [null, ''];
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={bodyId}
        onClick={() => setOpen(!open)}
        className="focus-inset flex min-h-9 w-full items-center gap-2.5 px-3 py-1.5 text-start transition-colors duration-100 hover:bg-soft"
      >
        <span className="grid w-4 flex-none place-items-center">
          {Icon ? <Icon size={15} className={color} aria-hidden /> : <span className="pulse" />}
        </span>
        <span className="min-w-0 flex-1 truncate">
          <span dir="auto">{title}</span>
          {server !== '' && (
            <span className="text-faint">
              {' · '}
              <bdi>{server}</bdi>
            </span>
          )}
        </span>
        <State call={call} />
        <ChevronRight
          size={14}
          aria-hidden
          className={`flex-none text-faint transition-transform duration-150 ${open ? 'rotate-90' : 'rtl:-scale-x-100'}`}
        />
      </button>
      <div id={bodyId} hidden={!open}>
        {open && <CallDetails call={call} />}
      </div>
      {result?.images && (
        <div className="px-3 pt-1 pb-3">
          <MessageImages attachments={result.images} side="start" />
        </div>
      )}
    </>
  );
}

/** The state in a word, and the time; a call that is done says so by its sign alone. */
function State({ call: { state, durationMs } }: { readonly call: CalledTool }) {
  const { t } = useTranslation();
  return (
    <span className="tabular flex-none text-xs text-faint">
      <span className={state === 'done' ? 'sr-only' : ''}>{t(`tools.call.${state}`)}</span>
      {durationMs !== undefined && (
        <>
          <span className={state === 'done' ? 'sr-only' : ''}> · </span>
          {formatDuration(durationMs, t)}
        </>
      )}
      {state === 'running' && <RunningFor />}
    </span>
  );
}

/** Not for calls that return at once: a number that only flashes up says nothing. */
function RunningFor() {
  const { t } = useTranslation();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds === 0 ? null : <> · {formatDuration(seconds * 1000, t)}</>;
}

function CallDetails({ call }: { readonly call: CalledTool }) {
  const { t } = useTranslation();
  const given = readableArguments(call.arguments);
  const { result } = call;
  const cut = result !== undefined && result.length > result.text.length;
  return (
    <div className="animate-appear flex flex-col gap-3 px-3 pt-1.5 pb-3">
      {given === null ? (
        <p className="text-xs text-faint">{t('tools.call.noArguments')}</p>
      ) : (
        <PlainBlock title={t('tools.call.arguments')} text={given} />
      )}
      {result && (
        <PlainBlock
          title={t('tools.call.result')}
          text={result.text === '' ? t('tools.call.emptyResult') : result.text}
          note={cut ? t('tools.call.cut', { shown: result.text.length, length: result.length }) : null}
        />
      )}
      {call.error && <Problem error={call.error} />}
    </div>
  );
}

function Problem({ error }: { readonly error: NonNullable<CalledTool['error']> }) {
  const { text } = useErrorText(error);
  return <p className="text-xs text-pretty text-danger">{text}</p>;
}
