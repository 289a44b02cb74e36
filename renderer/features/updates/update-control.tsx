import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';
import { Button } from '../../ui/button';
import { TechnicalDetails } from '../engine/technical-details';

type Step = 'shell.checkForUpdates' | 'shell.downloadUpdate' | 'shell.installUpdate';

function take(step: Step): void {
  bridge()
    .request(step)
    .catch((error: unknown) => showError(errorInfo(error)));
}

/** Where the new version stands, and the one step that can be taken next. Nothing is fetched or installed without its button. */
export function UpdateControl({ idle }: { readonly idle: string }) {
  const { t } = useTranslation();
  const update = useShell(({ shell }) => shell?.update);
  if (!update) return null;
  const check = (
    <Button size="sm" onClick={() => take('shell.checkForUpdates')}>
      {t('updates.check')}
    </Button>
  );
  const row = (text: string, button?: React.ReactNode, problem?: string) => (
    <div className="flex w-full flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm">
      <div role="status" className="min-w-0 flex-1 basis-48">
        <p>{text}</p>
        {problem !== undefined && (
          <>
            <p className="text-xs text-faint">{t('errors.kind.update-failed')}</p>
            <TechnicalDetails text={problem} />
          </>
        )}
      </div>
      {button}
    </div>
  );
  switch (update.state) {
    case 'unavailable':
      return null;
    case 'idle':
      return row(idle, check);
    case 'checking':
      return row(t('updates.checking'));
    case 'current':
      return row(t('updates.current'), check);
    case 'failed':
      return row(t('updates.failed'), check, update.message);
    case 'downloading':
      return row(
        t('updates.downloading', { version: update.version, percent: Math.round(update.fraction * 100) }),
      );
    case 'available':
      return row(
        t('updates.available', { version: update.version }),
        <Button size="sm" look="primary" onClick={() => take('shell.downloadUpdate')}>
          {t('updates.download')}
        </Button>,
      );
    case 'downloaded':
      return row(
        t('updates.downloaded', { version: update.version }),
        <Button size="sm" look="primary" onClick={() => take('shell.installUpdate')}>
          {t('updates.install')}
        </Button>,
      );
  }
}
