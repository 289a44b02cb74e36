import { ArrowLeft, ChevronRight, Search } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { DEFAULT_HUB, HUB_MIRROR, type HubHit } from '../../../electron/contract/hub';
import { formatCompact } from '../../lib/format';
import { beginHub, lookAt, setEndpoint, showSuggestions, submitQuery, useHub } from '../../stores/hub';
import { closeAddModel } from '../../stores/models';
import { Button } from '../../ui/button';
import { CATALOG } from './catalog';
import { ErrorNote } from './error-note';
import { HubModelView } from './hub-model';
import { HubSource } from './hub-source';

/** From a name to a model: find it, see what it is, and have it fetched. */
export function GetModel() {
  const model = useHub((state) => state.model);
  useEffect(beginHub, []);
  return (
    <div className="flex min-h-full flex-col gap-4 pt-4">
      {model ? <HubModelView key={model.repository} model={model} /> : <Find />}
    </div>
  );
}

function Find() {
  const { t } = useTranslation();
  const { hits, error } = useHub();
  return (
    <>
      <div className="flex flex-col gap-2">
        <Field />
        <HubSource />
      </div>
      {error && (
        <div className="flex flex-col items-start gap-2">
          <ErrorNote error={error} className="w-full" />
          <Mirror error={error} />
        </div>
      )}
      {hits ? <Results hits={hits} /> : <Suggestions />}
      <div className="mt-auto flex justify-end border-t border-line pt-3">
        <Button look="quiet" onClick={closeAddModel}>
          {t('common.cancel')}
        </Button>
      </div>
    </>
  );
}

/** Where the hub cannot be reached, which is so in whole countries, a mirror is one press away. */
function Mirror({ error }: { readonly error: ErrorInfo }) {
  const { t } = useTranslation();
  const endpoint = useHub(({ state }) => state?.endpoint);
  if (error.details?.kind !== 'host-unreachable' || endpoint !== DEFAULT_HUB) return null;
  return (
    <Button size="sm" onClick={() => void setEndpoint(HUB_MIRROR)}>
      {t('getModel.useMirror')}
    </Button>
  );
}

function Field() {
  const { t } = useTranslation();
  const { query, busy, hits } = useHub();
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void submitQuery();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <label htmlFor={id} className="sr-only">
        {t('getModel.field')}
      </label>
      <input
        id={id}
        value={query}
        spellCheck={false}
        autoComplete="off"
        maxLength={300}
        onChange={(event) => useHub.setState({ query: event.target.value })}
        placeholder={t('getModel.placeholder')}
        className="h-8 min-w-40 flex-1 rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
      />
      <Button type="submit" look="primary" disabled={busy !== null || !query.trim()}>
        <Search size={15} aria-hidden />
        {t('getModel.search')}
      </Button>
      <span role="status" className="sr-only">
        {busy !== null
          ? t('getModel.looking')
          : hits && (hits.length > 0 ? t('getModel.results', { count: hits.length }) : t('getModel.nothing'))}
      </span>
    </form>
  );
}

function Suggestions() {
  const { t } = useTranslation();
  return (
    <>
      <p className="text-xs text-pretty text-mute">{t('getModel.lead')}</p>
      {CATALOG.map(({ title, entries }) => (
        <section key={title} aria-label={t(title)}>
          <h3 className="mb-1 text-sm font-medium">{t(title)}</h3>
          <ul className="-mx-2">
            {entries.map(({ repository, about }) => (
              <Row key={repository} repository={repository} about={t(about)} />
            ))}
          </ul>
        </section>
      ))}
      <p className="text-xs text-pretty text-faint">{t('getModel.honest')}</p>
    </>
  );
}

function Results({ hits }: { readonly hits: readonly HubHit[] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('getModel.results', { count: hits.length })}>
      <div className="mb-1 flex items-center justify-between gap-3">
        <h3 className="text-sm font-medium">
          {hits.length > 0 && t('getModel.results', { count: hits.length })}
        </h3>
        <Button size="sm" look="quiet" onClick={showSuggestions}>
          <ArrowLeft size={14} aria-hidden className="rtl:-scale-x-100" />
          {t('getModel.backToSuggestions')}
        </Button>
      </div>
      {hits.length === 0 && <p className="text-sm text-mute">{t('getModel.nothing')}</p>}
      <ul className="-mx-2">
        {hits.map((hit) => (
          <Row
            key={hit.repository}
            repository={hit.repository}
            about={[
              t(`getModel.layout.${hit.layout}`),
              t('getModel.downloads', { number: formatCompact(hit.downloads) }),
              t('getModel.likes', { number: formatCompact(hit.likes) }),
              hit.license === null
                ? t('getModel.noLicense')
                : t('getModel.license', { license: hit.license }),
            ].join(' · ')}
            badge={hit.gated && t('getModel.gated')}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly repository: string;
  readonly about: string;
  readonly badge?: ReactNode;
}

function Row({ repository, about, badge }: RowProps) {
  const { t } = useTranslation();
  const busy = useHub((state) => state.busy);
  const [owner, name] = repository.split('/');
  return (
    <li>
      <button
        type="button"
        disabled={busy !== null}
        onClick={() => void lookAt(repository)}
        className="focus-inset flex w-full items-center gap-3 rounded-lg px-2 py-1.5 text-start transition-colors duration-100 hover:bg-hover disabled:pointer-events-none"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm" dir="ltr">
            <span className="text-faint">{owner}/</span>
            {name}
          </span>
          <span className="block truncate text-xs text-mute">{about}</span>
        </span>
        {badge && <span className="rounded-md bg-soft px-1.5 py-0.5 text-xs text-mute">{badge}</span>}
        {busy === repository ? (
          <span className="text-xs text-mute">{t('getModel.looking')}</span>
        ) : (
          <ChevronRight size={16} className="flex-none text-faint rtl:-scale-x-100" aria-hidden />
        )}
      </button>
    </li>
  );
}
