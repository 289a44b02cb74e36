import { Settings as SettingsIcon } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import type { EngineStatus } from '../../../electron/contract/engine';
import { assertNever } from '../../../electron/contract/errors';
import { deviceText } from '../../lib/device';
import { formatBytes } from '../../lib/format';
import { currentManifest, useEngine } from '../../stores/engine';
import { openSettings } from '../../stores/ui';
import { IconButton } from '../../ui/icon-button';
import { keysOf } from '../shortcuts/registry';
import { EngineDetails } from './engine-details';

/** Bottom left: which model, how it runs and what it takes; pressed, everything about it. */
export function EngineStatusBar() {
  const { t } = useTranslation();
  const status = useEngine((state) => state.status);
  return (
    <div className="relative flex flex-none items-center gap-1 border-t border-line p-2">
      {status.state === 'loading' && <Progress fraction={status.fraction} />}
      <Popover.Root>
        <Popover.Trigger className="focus-inset flex min-w-0 flex-1 flex-col gap-0.5 rounded-lg px-2 py-1.5 text-start text-xs hover:bg-hover data-[state=open]:bg-hover">
          <Summary status={status} />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            side="top"
            align="start"
            sideOffset={6}
            collisionPadding={8}
            aria-label={t('engine.details')}
            className="animate-grow z-50 max-h-[70vh] w-80 overflow-y-auto rounded-xl border border-line bg-raise p-4 text-xs shadow-pop"
          >
            <EngineDetails />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <IconButton
        label={t('sidebar.settings')}
        keys={keysOf('settings')}
        side="top"
        onClick={() => openSettings()}
      >
        <SettingsIcon size={18} aria-hidden />
      </IconButton>
    </div>
  );
}

/** On the line above, so that nothing moves when it comes and goes. */
function Progress({ fraction }: { readonly fraction: number }) {
  return (
    <span aria-hidden className="absolute inset-x-0 -top-px h-0.5 overflow-hidden">
      <span
        className="block h-full origin-left bg-accent transition-transform duration-150 rtl:origin-right"
        style={{ transform: `scaleX(${fraction})` }}
      />
    </span>
  );
}

const dots: Readonly<Record<EngineStatus['state'], string>> = {
  ready: 'bg-accent',
  loading: 'bg-accent animate-pulse',
  unloaded: 'bg-line-strong',
  failed: 'bg-danger',
  stopped: 'bg-line-strong',
};

function Summary({ status }: { readonly status: EngineStatus }) {
  const { t, i18n } = useTranslation();
  const name = useEngine((state) => currentManifest(state)?.name);
  return (
    <>
      <span className="flex items-center gap-2 font-medium text-text">
        <span aria-hidden className={`size-[0.4375rem] flex-none rounded-full ${dots[status.state]}`} />
        <span className="truncate">{name ?? t('engine.label')}</span>
      </span>
      <span className={`tabular truncate ${status.state === 'failed' ? 'text-danger' : 'text-mute'}`}>
        {line()}
      </span>
    </>
  );

  function line(): string {
    switch (status.state) {
      case 'ready': {
        const { manifest, provider, device, memoryBytes } = status.model;
        if (manifest.remote) return t('connections.onHost', { host: `\u2068${manifest.remote.host}\u2069` });
        // Of several cards the line says which.
        const isOneOfSeveral = device.kind === 'card' && device.number !== undefined;
        const where = isOneOfSeveral ? deviceText(device, t) : t(`providers.${provider}`);
        const parts = [manifest.precision?.toUpperCase(), where].filter(Boolean);
        return [...parts, t('engine.memory', { used: formatBytes(memoryBytes, i18n.language) })].join(' · ');
      }
      case 'loading':
        return `${t(`engine.${status.phase}`)} · ${Math.round(status.fraction * 100)}%`;
      case 'failed':
        return t(`errors.title.${status.error.code}`);
      case 'unloaded':
        return t('engine.unloaded');
      case 'stopped':
        return t('engine.stopped');
      default:
        return assertNever(status);
    }
  }
}
