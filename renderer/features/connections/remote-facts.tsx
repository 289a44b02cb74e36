import { useTranslation } from 'react-i18next';
import type { ModelInfo } from '../../../electron/contract/manifest';
import { statusOf, useConnections } from '../../stores/connections';

/** Where it runs, and whether anybody answers there. */
export function RemoteFacts({ model }: { readonly model: ModelInfo }) {
  const { t } = useTranslation();
  const { remote } = model;
  const failed = useConnections(
    ({ statuses }) => remote !== undefined && statusOf(statuses, remote.connectionId)?.state === 'failed',
  );
  if (!remote) return null;
  return (
    <span className={`block truncate text-xs ${failed ? 'text-danger' : 'text-faint'}`}>
      {[
        t('connections.on', { name: `\u2068${remote.name}\u2069` }),
        failed ? t('connections.state.failed') : t('models.context', { count: model.contextLength }),
      ].join(' · ')}
    </span>
  );
}
