import { useTranslation } from 'react-i18next';
import { actionOf } from '../../../electron/contract/shortcuts';
import { useSettings } from '../../stores/settings';
import { useShell } from '../../stores/shell';
import { Kbd } from '../../ui/kbd';
import { actionNames } from '../shortcuts/registry';
import { ResetAll } from '../shortcuts/reset-all';
import { ShortcutRow } from '../shortcuts/shortcut-row';

/** The actions whose name holds `wanted`, and the keys of the message field, which cannot be changed here. */
export function useShortcutsNamed(wanted: string) {
  const { t } = useTranslation();
  const sendKey = useSettings((settings) => settings.sendKey);
  const window = useShell(({ shell }) => shell !== null);
  const matches = (name: string) => name.toLocaleLowerCase().includes(wanted);
  const fixed = [
    { name: t('composer.send'), keys: sendKey === 'enter' ? 'enter' : 'mod+enter' },
    { name: t('composer.newline'), keys: 'shift+enter' },
  ].filter(({ name }) => matches(name));
  const names = actionNames
    // A browser cannot hear keys while another program is in front; talking works in front of it all the same.
    .filter((name) => window || name === 'talk' || !actionOf(name).global)
    .filter((name) => matches(t(`commands.${name}`)));
  return { names, fixed };
}

/** Every action with its shortcut, to be changed in place. */
export function ShortcutList({ wanted }: { readonly wanted: string }) {
  const { t } = useTranslation();
  const { names, fixed } = useShortcutsNamed(wanted);
  return (
    <>
      {wanted === '' && (
        <div className="flex min-h-12 items-center justify-between gap-4 border-b border-line text-xs text-faint">
          <p>{t('keys.help')}</p>
          <ResetAll />
        </div>
      )}
      <ul>
        {names.map((name) => (
          <ShortcutRow key={name} name={name} />
        ))}
        {fixed.map(({ name, keys }) => (
          <li
            key={name}
            className="flex min-h-10 items-center justify-between gap-4 border-b border-line last:border-b-0"
          >
            <span className="text-sm">{name}</span>
            <span title={t('keys.fixed')} className="pe-9">
              <Kbd keys={keys} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
