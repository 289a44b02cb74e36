import { ArrowUp, Box, Folder } from 'lucide-react';
import { type FormEvent, useEffect, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundModel } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatBytes, formatParameters } from '../../lib/format';
import { attempt, closeAddModel, openGetModel } from '../../stores/models';
import { useShell } from '../../stores/shell';
import { Button } from '../../ui/button';
import { beginChoice, browse, chooseInDialog, lookInto, useChoice } from './choice';
import { ConvertForm } from './convert-form';
import { ErrorNote } from './error-note';

/** From a folder to a model: choose it, see what it is, import or convert it. */
export function AddModel() {
  const { t } = useTranslation();
  const { found, path } = useChoice();
  useEffect(beginChoice, []);
  return (
    <div className="flex min-h-full flex-col gap-4 pt-4">
      {found ? <Found found={found} path={path} /> : <Choose />}
      {!found && (
        <div className="mt-auto flex justify-end">
          <Button look="quiet" onClick={closeAddModel}>
            {t('common.cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Choose() {
  const { t } = useTranslation();
  const own = useShell(({ shell }) => shell !== null);
  const { path, looking, error } = useChoice();
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim()) void lookInto(path.trim());
  };
  return (
    <>
      <p className="text-sm text-mute">{t('addModel.lead')}</p>
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="sr-only">
          {t('addModel.path')}
        </label>
        <input
          id={id}
          value={path}
          dir="ltr"
          spellCheck={false}
          onChange={(event) => useChoice.setState({ path: event.target.value })}
          placeholder={t('addModel.pathPlaceholder')}
          className="h-8 min-w-40 flex-1 rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
        />
        {own && <Button onClick={() => void chooseInDialog()}>{t('addModel.choose')}</Button>}
        <Button type="submit" look="primary" disabled={looking || !path.trim()}>
          {t(looking ? 'addModel.looking' : 'addModel.look')}
        </Button>
      </form>
      {error && <ErrorNote error={error} />}
      {!own && <Browser />}
      <Where />
    </>
  );
}

/** Who has no folder gets one here. */
function Where() {
  const { t } = useTranslation();
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
      {t('addModel.where')}
      <Button size="sm" onClick={openGetModel}>
        {t('getModel.open')}
      </Button>
    </p>
  );
}

/** Folders of the machine the app runs on, where no dialog of the system can show them. */
function Browser() {
  const { t } = useTranslation();
  const listing = useChoice((state) => state.listing);
  if (listing === null) return null;
  const { path, parent, folders } = listing;
  const below = (name: string) => `${path.replace(/[\\/]$/, '')}${path.includes('\\') ? '\\' : '/'}${name}`;
  return (
    <section aria-label={t('addModel.folders', { path })} className="rounded-xl border border-line">
      <div className="flex items-center gap-2 border-b border-line px-3 py-2">
        <Button size="sm" disabled={parent === null} onClick={() => void browse(parent)}>
          <ArrowUp size={14} aria-hidden />
          {t('addModel.up')}
        </Button>
        <code dir="ltr" className="min-w-0 flex-1 truncate text-xs text-mute">
          {path}
        </code>
      </div>
      <ul className="max-h-72 overflow-y-auto p-1.5">
        {folders.length === 0 && <li className="px-2.5 py-2 text-sm text-mute">{t('addModel.noFolders')}</li>}
        {folders.map(({ name, model }) => (
          <li key={name}>
            <button
              type="button"
              aria-label={t('addModel.open', { name })}
              onClick={() => (model ? void lookInto(below(name)) : void browse(below(name)))}
              className="focus-inset flex h-8 w-full items-center gap-2.5 rounded-lg px-2.5 text-start text-sm hover:bg-hover"
            >
              {model ? (
                <Box size={15} className="text-accent" aria-hidden />
              ) : (
                <Folder size={15} className="text-faint" aria-hidden />
              )}
              <span className="min-w-0 flex-1 truncate">{name}</span>
              {model && <span className="text-xs text-mute">{t('addModel.holdsModel')}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Found({ found, path }: { readonly found: FoundModel; readonly path: string }) {
  const { t, i18n } = useTranslation();
  const size = formatBytes(found.bytes, i18n.language);
  const what =
    found.kind === 'checkpoint'
      ? t('addModel.checkpoint', {
          family: found.family,
          parameters: formatParameters(found.parameters),
          size,
        })
      : t(`addModel.${found.kind}`, { size });
  const importIt = async () => {
    const begun = await attempt(async () => {
      await bridge().request('models.import', path);
    });
    if (begun) closeAddModel();
  };
  return (
    <>
      <div className="rounded-xl bg-soft px-4 py-3">
        <p className="font-medium wrap-anywhere">{found.name}</p>
        <p className="mt-0.5 text-xs text-mute">{what}</p>
        <p className="mt-1 text-xs text-faint">
          <code dir="ltr" className="break-all">
            {path}
          </code>
        </p>
      </div>
      {found.kind === 'checkpoint' ? (
        <ConvertForm found={found} path={path} />
      ) : (
        <div className="mt-auto flex justify-end gap-2">
          <Button look="quiet" onClick={beginChoice}>
            {t('addModel.back')}
          </Button>
          <Button look="primary" onClick={() => void importIt()}>
            {t('addModel.import')}
          </Button>
        </div>
      )}
    </>
  );
}
