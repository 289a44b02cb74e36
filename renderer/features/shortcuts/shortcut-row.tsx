import { Globe, RotateCcw } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ActionName, actionOf, keysFor } from '../../../electron/contract/shortcuts';
import { updateSettings, useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { Kbd } from '../../ui/kbd';
import { describeKeys } from './keys';
import { ownerOf, rebind, record } from './record';

type Said =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'refused';
      readonly reason: 'needsModifier' | 'reserved' | 'unknown';
      readonly keys: string;
    }
  | { readonly kind: 'owned'; readonly keys: string; readonly owner: ActionName };

interface ShortcutRowProps {
  readonly name: ActionName;
  /** Beside a text that names it already. */
  readonly alone?: boolean;
}

/** One action: its shortcut is a button that records the next one pressed. */
export function ShortcutRow({ name, alone = false }: ShortcutRowProps) {
  const { t } = useTranslation();
  const shortcuts = useSettings((settings) => settings.shortcuts);
  const everywhere = useShell(({ shell }) => shell !== null);
  const refusedBySystem = useShell(
    ({ shell }) => (name === 'talk' ? shell?.talk : shell?.quickAsk) === 'taken',
  );
  /** Null while nothing is recorded. */
  const [said, say] = useState<Said | null>(null);
  const { fixed, global } = actionOf(name);
  const action = t(`commands.${name}`);
  const keys = keysFor(name, shortcuts);

  const choose = (next: string | null) => {
    say(null);
    void updateSettings({ shortcuts: rebind(shortcuts, name, next) });
  };
  const recording = said !== null && said.kind !== 'owned';
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    // A way out of the list remains for those who only use the keyboard.
    if (event.key === 'Tab' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      say(null);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const recorded = record(event);
    switch (recorded.kind) {
      case 'more':
        return;
      case 'cancel':
        say(null);
        return;
      case 'none':
        choose('');
        return;
      case 'refused':
        say(recorded);
        return;
      case 'keys': {
        const owner = ownerOf(recorded.keys, name, shortcuts);
        if (owner) say({ kind: 'owned', keys: recorded.keys, owner });
        else choose(recorded.keys);
      }
    }
  });
  useEffect(() => {
    if (!recording) return;
    // On the window and before everybody else: Escape would close the dialog, and a shortcut would run.
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    addEventListener('keydown', listener, { capture: true });
    return () => removeEventListener('keydown', listener, { capture: true });
  }, [recording]);

  return (
    <li className="border-b border-line last:border-b-0">
      <div
        className={`flex items-center gap-4 ${alone ? 'min-h-8 justify-end' : 'min-h-10 justify-between'}`}
      >
        <span className="flex min-w-0 items-center gap-2 text-sm">
          {!alone && <span className="truncate">{action}</span>}
          {global && everywhere && (
            <span
              title={t('keys.globalHelp')}
              className="flex flex-none items-center gap-1 rounded-md bg-soft px-1.5 py-0.5 text-xs text-mute"
            >
              <Globe size={12} aria-hidden />
              {t('keys.global')}
            </span>
          )}
        </span>
        <span className="flex flex-none items-center gap-1">
          {fixed ? (
            <span title={t('keys.fixed')} className="px-2">
              {keys.map((combination) => (
                <Kbd key={combination} keys={combination} />
              ))}
            </span>
          ) : (
            <button
              type="button"
              aria-label={t(keys.length > 0 ? 'keys.record' : 'keys.add', { action })}
              aria-pressed={said !== null}
              onClick={() => say(said ? null : { kind: 'help' })}
              onBlur={() => said?.kind !== 'owned' && say(null)}
              className="flex min-h-7 items-center gap-2 rounded-md px-2 text-xs text-faint transition-colors duration-100 hover:bg-hover aria-pressed:bg-tint aria-pressed:text-text"
            >
              {recording
                ? t('keys.recording')
                : keys.length > 0
                  ? keys.map((combination) => <Kbd key={combination} keys={combination} />)
                  : t('keys.none')}
            </button>
          )}
          {name in shortcuts && !fixed ? (
            <IconButton label={t('keys.reset', { action })} size="sm" onClick={() => choose(null)}>
              <RotateCcw size={14} aria-hidden />
            </IconButton>
          ) : (
            !alone && <span className="size-7" />
          )}
        </span>
      </div>
      {said && (
        <div role="status" className="flex items-center justify-end gap-2 pb-2 text-end text-xs text-mute">
          <Message said={said} />
          {said.kind === 'owned' && !actionOf(said.owner).fixed && (
            <Button size="sm" onClick={() => choose(said.keys)}>
              {t('keys.replace')}
            </Button>
          )}
          {said.kind === 'owned' && (
            <Button size="sm" look="quiet" onClick={() => say(null)}>
              {t('common.cancel')}
            </Button>
          )}
        </div>
      )}
      {global && refusedBySystem && !said && (
        <p role="alert" className="pb-2 text-xs text-danger">
          {t('keys.taken')}
        </p>
      )}
    </li>
  );
}

function Message({ said }: { readonly said: Said }) {
  const { t } = useTranslation();
  switch (said.kind) {
    case 'help':
      return t('keys.recordingHelp');
    case 'owned':
      return t('keys.usedBy', { keys: describeKeys(said.keys), action: t(`commands.${said.owner}`) });
    case 'refused':
      return t(`keys.${said.reason}`, { keys: describeKeys(said.keys), modifier: describeKeys('mod') });
  }
}
