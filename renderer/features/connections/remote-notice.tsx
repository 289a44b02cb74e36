import { Globe } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { onlyRecognizes } from '../../../electron/contract/speech';
import { sentences } from '../../lib/sentences';
import { useChat } from '../../stores/chat';
import { checkConnection, statusOf, useConnections } from '../../stores/connections';
import { useEngine } from '../../stores/engine';
import { chooseModel, useConversationModel } from '../../stores/model-choice';
import { Button } from '../../ui/button';
import { Notice } from '../composer/notice';

/** Where the conversation goes, said before any of it went there; and that nobody answers there, with a way on. */
export default function RemoteNotice() {
  const { t, i18n } = useTranslation();
  const remote = useConversationModel()?.remote;
  const begun = useChat((state) => state.path.length > 0);
  const answered = useChat(({ path, tree }) =>
    path.some((id) => {
      const message = tree.byId[id];
      return (
        message?.role === 'assistant' &&
        remote !== undefined &&
        message.modelId?.startsWith(`${remote.connectionId}/`) === true
      );
    }),
  );
  const failed = useConnections(
    ({ statuses }) => remote !== undefined && statusOf(statuses, remote.connectionId)?.state === 'failed',
  );
  const here = useEngine(({ models }) => models.find((model) => !model.remote && !onlyRecognizes(model)));
  if (!remote) return null;
  const name = `\u2068${remote.name}\u2069`;
  if (failed) {
    return (
      <Notice
        tone="warn"
        actions={
          <>
            <Button size="sm" onClick={() => checkConnection(remote.connectionId)}>
              {t('connections.again')}
            </Button>
            {here && (
              <Button size="sm" onClick={() => chooseModel(here.id)}>
                {t('connections.notice.answerHere', { name: here.name })}
              </Button>
            )}
          </>
        }
      >
        {t('connections.notice.failed', { name })}
      </Notice>
    );
  }
  if (answered) return null;
  const where = { name, host: `\u2068${remote.host}\u2069` };
  return (
    <Notice tone="plain" icon={Globe}>
      {sentences(
        i18n.language,
        begun ? t('connections.notice.sentBefore', where) : t('connections.notice.sent', where),
        remote.unencrypted && t('connections.notice.unencrypted'),
      )}
    </Notice>
  );
}
