import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type FoundRemoteModel, type FoundServer, hostOf } from '../../../electron/contract/connections';
import { Switch } from '../../ui/switch';
import { INPUT } from '../../ui/text-field';
import { useModelFacts } from './facts';

interface ModelChoiceProps {
  readonly found: FoundServer;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

/** From here on a list is searched rather than read. */
const MANY = 12;

/** What a server has, and which of it the app offers; what does something else than chat comes last. */
export function ModelChoice({ found, chosen, onChoose }: ModelChoiceProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const { models } = found;
  const wanted = query.trim().toLowerCase();
  const shown = models
    .filter(({ id }) => id.toLowerCase().includes(wanted))
    .toSorted((a, b) => Number(a.other) - Number(b.other));
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">
        {t('connections.form.found', {
          count: models.length,
          server: t(`connections.servers.${found.server}`),
          host: `\u2068${hostOf(found.url)}\u2069`,
        })}
        <span className="block text-xs text-faint">{t('connections.form.choose')}</span>
      </p>
      {models.length > MANY && (
        <input
          value={query}
          aria-label={t('connections.form.filter')}
          placeholder={t('connections.form.filter')}
          onChange={(event) => setQuery(event.target.value)}
          className={INPUT}
        />
      )}
      <ul className="flex max-h-72 flex-col overflow-y-auto rounded-lg border border-line">
        {shown.map((model) => (
          <Row
            key={model.id}
            model={model}
            chosen={chosen.has(model.id)}
            onChoose={(on) => {
              const next = new Set(chosen);
              if (on) next.add(model.id);
              else next.delete(model.id);
              onChoose(next);
            }}
          />
        ))}
      </ul>
    </div>
  );
}

interface RowProps {
  readonly model: FoundRemoteModel;
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
}

function Row({ model, chosen, onChoose }: RowProps) {
  const { t } = useTranslation();
  const labelId = useId();
  const facts = useModelFacts(model);
  return (
    <li className="flex items-center gap-3 border-b border-line px-3 py-2 last:border-b-0">
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm" dir="ltr">
          {model.id}
        </span>
        <span className="block truncate text-xs text-faint">
          {model.other ? t('connections.form.noChat') : facts}
        </span>
      </span>
      <span id={labelId} className="sr-only">
        {t('connections.form.offer', { name: model.id })}
      </span>
      <Switch checked={chosen} labelledBy={labelId} onChange={onChoose} />
    </li>
  );
}
