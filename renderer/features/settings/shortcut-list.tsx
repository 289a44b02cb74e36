import { useTranslation } from 'react-i18next';
import { useSettings } from '../../stores/settings';
import { Kbd } from '../../ui/kbd';
import { actionNames, allKeysOf } from '../shortcuts/registry';

export function ShortcutList({ wanted }: { readonly wanted: string }) {
  const { t } = useTranslation();
  const sendKey = useSettings((settings) => settings.sendKey);
  const rows = [
    { name: t('composer.send'), keys: [sendKey === 'enter' ? 'enter' : 'mod+enter'] },
    { name: t('composer.newline'), keys: ['shift+enter'] },
    ...actionNames.map((name) => ({ name: t(`commands.${name}`), keys: allKeysOf(name) })),
  ].filter(({ name, keys }) => keys.length > 0 && name.toLocaleLowerCase().includes(wanted));
  return (
    <dl>
      {rows.map(({ name, keys }) => (
        <div
          key={name}
          className="flex min-h-10 items-center justify-between gap-4 border-b border-line last:border-b-0"
        >
          <dt className="text-sm">{name}</dt>
          <dd className="flex gap-2">
            {keys.map((combination) => (
              <Kbd key={combination} keys={combination} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
