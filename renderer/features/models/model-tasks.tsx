import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import type { ModelTask } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatDuration } from '../../lib/format';
import { attempt, useModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';

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
          <p className={`tabular text-xs ${state === 'failed' ? 'text-danger' : 'text-mute'}`}>
            <Line task={task} />
          </p>
        </div>
        {state === 'running' && (
          <Button size="sm" onClick={() => act('models.stopTask')}>
            {t('modelTasks.stop')}
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
      {error && <Failure error={error} />}
    </li>
  );
}

function Failure({ error }: { readonly error: ErrorInfo }) {
  const { text, technical } = useErrorText(error);
  return (
    <div role="alert" className="mt-2 rounded-lg bg-danger-tint px-3 py-2 text-xs wrap-anywhere">
      {text}
      <TechnicalDetails text={technical} />
    </div>
  );
}

function Line({ task: { kind, state, phase, fraction, secondsLeft } }: { readonly task: ModelTask }) {
  const { t } = useTranslation();
  const percent = Math.round(fraction * 100);
  switch (state) {
    case 'running': {
      // The title says so already.
      const told = phase === null || phase === kind;
      const parts = [...(told ? [] : [t(`modelTasks.phase.${phase}`)]), `${percent}%`];
      if (secondsLeft !== null && secondsLeft >= 1) {
        const whole = secondsLeft < 60 ? Math.ceil(secondsLeft) * 1000 : secondsLeft * 1000;
        parts.push(t('modelTasks.left', { time: formatDuration(whole, t) }));
      }
      return parts.join(' · ');
    }
    case 'stopped':
      return t('modelTasks.stopped', { percent });
    case 'failed':
      return t('modelTasks.failed');
    case 'done':
      return t(kind === 'verify' ? 'modelTasks.verifiedWhole' : 'modelTasks.done');
  }
}
