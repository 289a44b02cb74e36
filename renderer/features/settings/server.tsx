import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../lib/use-copy';
import { updateSettings, useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { Breakable } from '../../ui/breakable';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { NumberField } from '../../ui/number-field';
import { Switch } from '../../ui/switch';
import type { Setting } from './setting';

export const serverSwitches: readonly Setting[] = [
  {
    label: 'serverPage.enabled',
    help: 'serverPage.enabledHelp',
    Control: ({ labelledBy }) => {
      const enabled = useSettings((settings) => settings.serverEnabled);
      return (
        <Switch
          checked={enabled}
          labelledBy={labelledBy}
          onChange={(serverEnabled) => void updateSettings({ serverEnabled })}
        />
      );
    },
  },
  {
    label: 'serverPage.port',
    Control: ({ labelledBy }) => {
      const port = useSettings((settings) => settings.serverPort);
      return (
        <NumberField
          value={port}
          min={1024}
          max={65_535}
          step={1}
          labelledBy={labelledBy}
          placeholder="8000"
          onChange={(value) => void updateSettings({ serverPort: value ?? 8000 })}
        />
      );
    },
  },
];

/** Where there are connections. */
export const remoteSwitch: Setting = {
  label: 'serverPage.connections',
  help: 'serverPage.connectionsHelp',
  Control: ({ labelledBy }) => {
    const served = useSettings((settings) => settings.serveConnections);
    return (
      <Switch
        checked={served}
        labelledBy={labelledBy}
        onChange={(serveConnections) => void updateSettings({ serveConnections })}
      />
    );
  },
};

/** Whether the API runs, where, and how it is called. The switches above it exist only where the port is ours to choose. */
export function ServerStatusView() {
  const { t } = useTranslation();
  const server = useShell((state) => state.server);
  const own = useShell(({ shell }) => shell !== null);
  const url = server.state === 'running' ? `${server.url}/v1` : null;
  return (
    <div className="flex flex-col gap-4 py-4 text-sm">
      <div className="flex min-h-8 items-center justify-between gap-4">
        <span>{t('serverPage.status')}</span>
        <span role="status" className="flex items-center gap-2">
          <span
            aria-hidden
            className={`size-2 rounded-full ${server.state === 'running' ? 'bg-accent' : server.state === 'failed' ? 'bg-danger' : 'bg-line-strong'}`}
          />
          {t(
            server.state === 'running'
              ? 'serverPage.running'
              : server.state === 'off'
                ? 'serverPage.off'
                : 'serverPage.notRunning',
          )}
        </span>
      </div>
      {server.state === 'failed' && (
        <div role="alert" className="flex flex-wrap items-center gap-3 rounded-xl bg-danger-tint p-3">
          <p className="min-w-0 flex-1 basis-60">{t('serverPage.failed', { port: server.port })}</p>
          <Button size="sm" onClick={() => void startAgain()}>
            {t('serverPage.retry')}
          </Button>
        </div>
      )}
      {!own && <p className="text-xs text-faint">{t('serverPage.fromHost')}</p>}
      {url && (
        <>
          <Copied label={t('serverPage.address')} copy={t('serverPage.copyAddress')} text={url} />
          <Copied
            label={t('serverPage.example')}
            copy={t('serverPage.copyExample')}
            text={example(url, t('serverPage.sample'))}
          />
          <p className="text-xs text-faint">{t('serverPage.anyKey')}</p>
        </>
      )}
    </div>
  );
}

/** The app tries a port when the switch is turned, so it is turned twice. */
async function startAgain(): Promise<void> {
  await updateSettings({ serverEnabled: false });
  await updateSettings({ serverEnabled: true });
}

function example(url: string, question: string): string {
  // As narrow as the page that shows it.
  return `curl ${url}/chat/completions -d '{
  "messages": [{
    "role": "user",
    "content": ${JSON.stringify(question)}
  }],
  "stream": true
}'`;
}

interface CopiedProps {
  readonly label: string;
  readonly copy: string;
  readonly text: string;
}

function Copied({ label, copy: copyLabel, text }: CopiedProps) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <div>
      <p className="mb-1.5 text-xs text-faint">{label}</p>
      <div className="flex items-start gap-2 rounded-xl bg-soft py-2 ps-3 pe-2">
        <code dir="ltr" className="min-w-0 flex-1 self-center text-xs wrap-anywhere whitespace-pre-wrap">
          <Breakable text={text} />
        </code>
        <IconButton size="sm" label={copied ? t('common.copied') : copyLabel} onClick={() => copy(text)}>
          {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
        </IconButton>
      </div>
    </div>
  );
}
