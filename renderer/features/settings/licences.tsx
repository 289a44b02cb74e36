import { ChevronLeft, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Licences as LicenceFile, Package } from '../../../build/scripts/licences.mjs';
import { Button } from '../../ui/button';

/** What the app is made of and on which terms, as written when it was built. */
export function Licences({ onBack }: { readonly onBack: () => void }) {
  const { t } = useTranslation();
  const file = useLicenceFile();
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<Package | 'notice' | 'own' | null>(null);
  const wanted = query.trim().toLowerCase();
  const shown =
    file === 'failed' || file === null
      ? []
      : file.packages.filter(({ name, license }) => `${name} ${license}`.toLowerCase().includes(wanted));
  if (file !== null && file !== 'failed' && open !== null) {
    const texts =
      open === 'notice'
        ? [file.notice]
        : open === 'own'
          ? [file.own]
          : open.texts.map((index) => file.texts[index]);
    return (
      <div className="flex flex-col gap-3 py-3">
        <Back label={t('about.backToList')} onClick={() => setOpen(null)} />
        <h3 className="text-sm font-semibold">
          {open === 'notice'
            ? t('about.data')
            : open === 'own'
              ? 'AutoGLM Desktop'
              : `${open.name} ${open.version}`}
        </h3>
        {typeof open === 'object' && <p className="text-xs text-mute">{open.license}</p>}
        {texts.length === 0 && <p className="text-xs text-mute">{t('about.noText')}</p>}
        {texts.map((text) => (
          <pre
            key={text}
            lang="en"
            dir="ltr"
            className="rounded-xl bg-soft p-3.5 font-mono text-xs leading-4 wrap-anywhere whitespace-pre-wrap"
          >
            {text}
          </pre>
        ))}
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3 py-3">
      <Back label={t('settings.about')} onClick={onBack} />
      {file === 'failed' && <p className="text-sm text-mute">{t('about.licencesFailed')}</p>}
      {file !== 'failed' && file !== null && (
        <>
          <ul className="flex flex-col">
            <Line name="AutoGLM Desktop" license="Apache-2.0" onOpen={() => setOpen('own')} />
            <Line name={t('about.data')} license="NOTICE" onOpen={() => setOpen('notice')} />
          </ul>
          <label className="flex h-8 items-center gap-2 rounded-lg bg-soft px-2.5 text-faint focus-within:outline-2 focus-within:outline-accent">
            <Search size={14} aria-hidden />
            <input
              value={query}
              onChange={(event) => setQuery(event.target.value)}
              aria-label={t('about.searchPackages')}
              placeholder={t('about.searchPackages')}
              className="min-w-0 flex-1 bg-transparent text-sm text-text outline-none"
            />
          </label>
          <ul className="flex flex-col">
            {shown.map((item) => (
              <Line
                key={`${item.name}@${item.version}`}
                name={item.name}
                version={item.version}
                license={item.license}
                onOpen={() => setOpen(item)}
              />
            ))}
          </ul>
          {shown.length === 0 && <p className="text-sm text-mute">{t('palette.none')}</p>}
        </>
      )}
    </div>
  );
}

interface LineProps {
  readonly name: string;
  readonly version?: string;
  readonly license: string;
  readonly onOpen: () => void;
}

/** Out of view it is not laid out: there are hundreds. */
function Line({ name, version = '', license, onOpen }: LineProps) {
  return (
    <li className="[contain-intrinsic-size:auto_2rem] [content-visibility:auto]">
      <button
        type="button"
        onClick={onOpen}
        className="focus-inset flex min-h-8 w-full items-center gap-2 rounded-lg px-2 text-start text-sm hover:bg-hover"
      >
        <span className="min-w-0 flex-1 truncate">
          {name} <span className="tabular text-xs text-faint">{version}</span>
        </span>
        <span className="max-w-48 flex-none truncate text-xs text-mute">{license}</span>
      </button>
    </li>
  );
}

function Back({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button look="quiet" size="sm" className="-ms-2 self-start" onClick={onClick}>
      <ChevronLeft size={15} aria-hidden className="rtl:-scale-x-100" />
      {label}
    </Button>
  );
}

function useLicenceFile(): LicenceFile | 'failed' | null {
  const [file, setFile] = useState<LicenceFile | 'failed' | null>(null);
  useEffect(() => {
    let current = true;
    const read = async () => {
      const response = await fetch(new URL('licences.json', document.baseURI));
      if (!response.ok) throw new Error(`licences.json: ${response.status}`);
      const content: LicenceFile = await response.json();
      if (current) setFile(content);
    };
    read().catch(() => current && setFile('failed'));
    return () => {
      current = false;
    };
  }, []);
  return file;
}
