import { useTranslation } from 'react-i18next';
import type { ModelTask } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatBytes, formatDuration } from '../../lib/format';
import { attempt, useModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { useErrorText } from '../engine/use-error-text';
import { ErrorNote } from './error-note';

/** What is being done to models, and what it came to. */
export function ModelTasks() {
  const { t } = useTranslation();
  const tasks = useModels((state) => state.tasks);
  if (tasks.length === 0) return null;
  return (
    <section aria-labelledby="model-tasks" className="pt-4">
      <h3 id="model-tasks" className="mb-2 text-sm font-medium">
        {t('modelTasks.title')}
      </h3>
      <ul className="flex flex-col gap-2">
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} />
        ))}
      </ul>
    </section>
  );
}

type Act = 'models.stopTask' | 'models.resumeTask' | 'models.dismissTask';

function TaskRow({ task }: { readonly task: ModelTask }) {
  const { t } = useTranslation();
  const { id, kind, name, state, fraction, resumable, error } = task;
  const act = (request: Act) => void attempt(async () => bridge().request(request, id));
  const title = t(`modelTasks.${kind}`, { name });
  return (
    <li aria-label={title} className="rounded-xl border border-line px-4 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm">{title}</p>
          <p className={`tabular text-xs wrap-anywhere ${state === 'failed' ? 'text-danger' : 'text-mute'}`}>
            <Line task={task} />
          </p>
        </div>
        {(state === 'running' || state === 'queued') && (
          <Button size="sm" onClick={() => act('models.stopTask')}>
            {t(kind === 'get' ? 'modelTasks.pause' : 'modelTasks.stop')}
          </Button>
        )}
        {(state === 'stopped' || state === 'failed') && (
          <>
            <Button size="sm" look="quiet" onClick={() => act('models.dismissTask')}>
              {t(resumable ? 'modelTasks.discard' : 'modelTasks.dismiss')}
            </Button>
            <Button size="sm" look="primary" onClick={() => act('models.resumeTask')}>
              {t(resumable ? 'modelTasks.resume' : 'modelTasks.retry')}
            </Button>
          </>
        )}
        {state === 'done' && (
          <Button size="sm" look="quiet" onClick={() => act('models.dismissTask')}>
            {t('modelTasks.dismiss')}
          </Button>
        )}
      </div>
      {state !== 'done' && (
        <div
          role="progressbar"
          aria-label={title}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(fraction * 100)}
          className="mt-2.5 h-1 overflow-hidden rounded-full bg-line"
        >
          <div
            className={`h-full origin-left transition-transform duration-150 rtl:origin-right ${state === 'running' ? 'bg-accent' : 'bg-line-strong'}`}
            style={{ transform: `scaleX(${fraction})` }}
          />
        </div>
      )}
      {error && <ErrorNote error={error} className="mt-2" />}
      <Milestone task={task} title={title} />
    </li>
  );
}

/** Read aloud now and then: every quarter of the way, and when something has come of it. */
function Milestone({
  task: { state, fraction },
  title,
}: {
  readonly task: ModelTask;
  readonly title: string;
}) {
  const { t } = useTranslation();
  const quarter = Math.floor(fraction * 4) * 25;
  const words =
    state === 'running'
      ? quarter > 0 && quarter < 100 && `${title}: ${quarter}%`
      : (state === 'done' || state === 'queued') && `${title}: ${t(`modelTasks.${state}`)}`;
  return (
    <span role="status" className="sr-only">
      {words}
    </span>
  );
}

function Line({ task }: { readonly task: ModelTask }) {
  const { t } = useTranslation();
  const { kind, state, fraction } = task;
  const percent = Math.round(fraction * 100);
  switch (state) {
    case 'queued':
      return t('modelTasks.queued');
    case 'running':
      return <Progress task={task} percent={percent} />;
    case 'stopped':
      return t(kind === 'get' ? 'modelTasks.paused' : 'modelTasks.stopped', { percent });
    case 'failed':
      return t('modelTasks.failed');
    case 'done':
      return t(kind === 'verify' ? 'modelTasks.verifiedWhole' : 'modelTasks.done');
  }
}

function Progress({ task, percent }: { readonly task: ModelTask; readonly percent: number }) {
  const { t, i18n } = useTranslation();
  const { kind, phase, secondsLeft, transfer, waiting } = task;
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  const time = (seconds: number) => formatDuration((seconds < 60 ? Math.ceil(seconds) : seconds) * 1000, t);
  if (waiting) return <Waiting {...waiting} again={t('modelTasks.again', { time: time(waiting.seconds) })} />;
  // The title says so already.
  const told = phase === null || phase === kind;
  const parts: string[] = [...(told ? [] : [t(`modelTasks.phase.${phase}`)])];
  if (transfer && phase === 'download') {
    const { bytes, totalBytes, bytesPerSecond } = transfer;
    parts.push(
      totalBytes === null
        ? size(bytes)
        : t('modelTasks.bytes', { done: size(bytes), total: size(totalBytes) }),
    );
    if (bytesPerSecond !== null) parts.push(t('modelTasks.perSecond', { size: size(bytesPerSecond) }));
  } else parts.push(`${percent}%`);
  if (secondsLeft !== null && secondsLeft >= 1) parts.push(t('modelTasks.left', { time: time(secondsLeft) }));
  return parts.join(' · ');
}

function Waiting({ error, again }: NonNullable<ModelTask['waiting']> & { readonly again: string }) {
  const { text } = useErrorText(error);
  return `${text} · ${again}`;
}
