import { ExternalLink } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolServer } from '../../../electron/contract/tool-servers';
import { finishSignIn, restartServer, wasBegunHere } from '../../stores/tools';
import { Button } from '../../ui/button';

interface SignInProps {
  readonly server: ToolServer;
  /** Null: it is not known yet. */
  readonly url: string | null;
}

/** While the user signs in to a server, in the browser. */
export function SignIn({ server, url }: SignInProps) {
  const { t } = useTranslation();
  const { id, name } = server;
  const [elsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    // Once, and in the window where it was asked for. Where the browser keeps it from opening, the link below is there.
    if (url !== null && wasBegunHere(id)) window.open(url, '_blank', 'noopener');
  }, [id, url]);
  return (
    <div className="mx-3.5 mb-3.5 flex flex-col gap-2.5 rounded-lg bg-soft px-3 py-2.5 text-sm">
      <p aria-live="polite" className="text-pretty">
        {url === null ? t('tools.signIn.asking', { name }) : t('tools.signIn.waiting', { name })}
      </p>
      {url !== null && (
        <div className="flex flex-wrap items-center gap-2">
          <a
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex h-7 items-center gap-1.5 rounded-lg px-1 text-accent hover:underline"
          >
            {t('tools.signIn.open')}
            <ExternalLink size={14} aria-hidden />
          </a>
          <span className="flex-1" />
          {!elsewhere && (
            <Button size="sm" look="quiet" onClick={() => setElsewhere(true)}>
              {t('tools.signIn.stuck')}
            </Button>
          )}
          <Button size="sm" onClick={() => void restartServer(id)}>
            {t('common.cancel')}
          </Button>
        </div>
      )}
      {elsewhere && <Elsewhere id={id} />}
    </div>
  );
}

/** The browser runs on another machine than the app, and cannot come back by itself. */
function Elsewhere({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const labelId = useId();
  const [address, setAddress] = useState('');
  return (
    <form
      className="animate-appear flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void finishSignIn(id, address);
      }}
    >
      <label htmlFor={labelId} className="text-xs text-pretty text-mute">
        {t('tools.signIn.elsewhere')}
      </label>
      <div className="flex gap-2">
        <input
          id={labelId}
          value={address}
          dir="ltr"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="http://127.0.0.1:…"
          onChange={(event) => setAddress(event.target.value)}
          className="h-7 min-w-0 flex-1 rounded-lg border border-edge bg-control px-2.5 font-mono text-xs hover:border-line-strong focus:border-accent focus:outline-none"
        />
        <Button size="sm" type="submit" disabled={address.trim() === ''}>
          {t('tools.signIn.finish')}
        </Button>
      </div>
    </form>
  );
}
