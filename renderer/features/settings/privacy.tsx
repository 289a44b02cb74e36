import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bridge } from '../../bridge/bridge';
import { errorInfo } from '../../lib/errors';
import { useConnections } from '../../stores/connections';
import { useShell } from '../../stores/shell';
import { showError } from '../../stores/toasts';
import { useTools } from '../../stores/tools';
import { Button } from '../../ui/button';
import { FactRows } from '../../ui/fact-rows';
import { useAppInfo } from './use-app-info';

const networkUses = [
  'networkUpdates',
  'networkModels',
  'networkTools',
  'networkEngines',
  'networkLinks',
  'networkServer',
  'networkNone',
] as const;

/** What is kept, where, when anything leaves the machine, and how to be rid of it all. */
export function Privacy() {
  const { t } = useTranslation();
  const own = useShell(({ shell }) => shell !== null);
  const info = useAppInfo();
  const hasKeys = useConnections(({ statuses }) =>
    statuses.some(({ hasKey, headers }) => hasKey || headers.length > 0),
  );
  const signedIn = useTools(({ statuses }) => statuses.some((status) => status.signedIn));
  const uses = networkUses.filter((use) => own || use !== 'networkUpdates');
  return (
    <div className="flex flex-col gap-6 py-4 text-sm">
      <p>{t('privacyPage.lead')}</p>
      <section>
        <h3 className="mb-2 font-medium">{t('privacyPage.stored')}</h3>
        <div className="rounded-xl border border-line p-4 text-xs">
          <FactRows
            rows={[
              [t('privacyPage.conversations'), 'autoglm.db'],
              [t('privacyPage.attachments'), 'attachments'],
              [t('privacyPage.settings'), 'settings.json'],
              ...(signedIn ? [[t('privacyPage.signIns'), 'tool-sign-ins.json'] as const] : []),
              ...(hasKeys ? [[t('privacyPage.keys'), 'connection-keys.json'] as const] : []),
              [t('privacyPage.models'), 'models'],
            ]}
          />
        </div>
        {info && (
          <div className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="min-w-0 text-xs text-faint">
              {t('privacyPage.folder')}{' '}
              <code dir="ltr" className="break-all select-text">
                {info.dataFolder}
              </code>
            </p>
            {own && (
              <Button size="sm" onClick={openFolder}>
                {t('privacyPage.openFolder')}
              </Button>
            )}
          </div>
        )}
      </section>
      <section>
        <h3 className="mb-2 font-medium">{t('privacyPage.network')}</h3>
        <ul className="flex list-disc flex-col gap-1 ps-5 text-mute">
          {uses.map((use) => (
            <li key={use}>{t(`privacyPage.${use}`)}</li>
          ))}
        </ul>
      </section>
      <DeleteAll />
    </div>
  );
}

function openFolder(): void {
  bridge()
    .request('shell.openDataFolder')
    .catch((error: unknown) => showError(errorInfo(error)));
}

function DeleteAll() {
  const { t } = useTranslation();
  const [asked, ask] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const erase = async () => {
    setDeleting(true);
    try {
      // Every page of the app hears of it and begins again, this one as well.
      await bridge().request('data.deleteAll');
    } catch (error) {
      showError(errorInfo(error));
      setDeleting(false);
    }
  };
  if (!asked) {
    return (
      <section className="flex flex-wrap items-center justify-between gap-4 border-t border-line pt-4">
        <p className="text-xs text-faint">{t('privacyPage.deleteHelp')}</p>
        <Button look="danger" onClick={() => ask(true)}>
          {t('privacyPage.deleteAll')}
        </Button>
      </section>
    );
  }
  return (
    <section role="alert" className="rounded-xl bg-danger-tint p-4">
      <h3 className="font-medium">{t('privacyPage.deleteTitle')}</h3>
      <p className="mt-1 text-mute">{t('privacyPage.deleteText')}</p>
      <div className="mt-3 flex justify-end gap-2">
        {/* The harmless answer has the focus. */}
        <Button
          className="scroll-mb-10"
          ref={(button) => button?.focus()}
          disabled={deleting}
          onClick={() => ask(false)}
        >
          {t('common.cancel')}
        </Button>
        <Button look="danger" disabled={deleting} onClick={() => void erase()}>
          {t('privacyPage.deleteConfirm')}
        </Button>
      </div>
    </section>
  );
}
