import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { errorText } from '../lib/error-text';
import { useSettings } from '../stores/settings';
import { dismissToast, type Toast, useToasts } from '../stores/toasts';
import { useUi } from '../stores/ui';
import { focusFallback } from './dialog-focus';
import { useToastHost } from './toast-host';
import { takeEscape } from './tooltip';

/** What happened, with the way back where there is one. Hovering or focusing one keeps it. */
export function Toaster() {
  const { t } = useTranslation();
  const toasts = useToasts((state) => state.toasts);
  const host = useToastHost();
  const wide = useUi((state) => !state.narrow);
  const sidebar = useSettings((settings) => settings.sidebarOpen) && wide;
  const beside = `bottom-(--composer-height,8rem) ${sidebar ? 'start-66' : 'start-0'}`;
  return (
    <Radix.Provider swipeDirection="down" label={t('app.name')}>
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
      {/* Above the composer and in the middle of the conversation, which is where the reader looks. */}
      {host ? createPortal(<Place className="start-0 bottom-4" />, host) : <Place className={beside} />}
    </Radix.Provider>
  );
}

function Place({ className }: { readonly className: string }) {
  const place = useRef<HTMLOListElement>(null);
  const empty = useToasts((state) => state.toasts.length === 0);
  // Radix gives it the keys of the toast that goes; with the last one they would be nowhere. A dialog looks after its own.
  useEffect(() => {
    const { current } = place;
    if (empty && current && document.activeElement === current && !current.closest('[role="dialog"]'))
      focusFallback();
  }, [empty]);
  return (
    <Radix.Viewport
      ref={place}
      className={`pointer-events-none fixed end-0 z-70 flex flex-col items-center gap-2 px-4 outline-none ${className}`}
    />
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const { t, i18n } = useTranslation();
  const { error } = toast;
  const said = error && errorText(error, t, i18n.language);
  const card = useRef<HTMLLIElement>(null);
  const escaped = useRef<Event | null>(null);
  const focused = () => card.current?.contains(document.activeElement) ?? false;
  return (
    <Radix.Root
      ref={card}
      open
      type={toast.tone === 'error' ? 'foreground' : 'background'}
      duration={toast.durationMs}
      onEscapeKeyDown={(event) => {
        escaped.current = event;
        if (!focused()) takeEscape(event);
      }}
      onOpenChange={(open) => {
        // Escape is meant for what lies below, unless the focus is here: the way back must not go with it.
        const byEscape = escaped.current !== null;
        escaped.current = null;
        if (!open && (!byEscape || focused())) dismissToast(toast.id);
      }}
      className="animate-rise pointer-events-auto flex min-h-10 max-w-lg items-center gap-3 rounded-xl border border-line bg-raise py-1.5 ps-4 pe-1.5 text-sm shadow-pop"
    >
      {said ? (
        <Radix.Description className="min-w-0 py-1 wrap-anywhere">
          {toast.tone === 'error' && <span className="block font-medium text-danger">{said.title}</span>}
          <span className={toast.tone === 'error' ? 'block text-mute' : 'block'}>{said.text}</span>
        </Radix.Description>
      ) : (
        <Radix.Description className="min-w-0 wrap-anywhere">{toast.text}</Radix.Description>
      )}
      {toast.progress !== undefined && <Meter share={toast.progress} label={toast.text} />}
      {toast.action && (
        <Radix.Action
          altText={toast.action.label}
          onClick={toast.action.run}
          className="h-7 rounded-md px-2.5 font-medium text-accent hover:bg-tint"
        >
          {toast.action.label}
        </Radix.Action>
      )}
      {toast.progress === undefined && (
        <Radix.Close
          aria-label={t('common.dismiss')}
          className="grid size-7 place-items-center rounded-md text-mute hover:bg-hover hover:text-text"
        >
          <X size={15} aria-hidden />
        </Radix.Close>
      )}
    </Radix.Root>
  );
}

function Meter({ share, label }: { readonly share: number | null; readonly label: string }) {
  const percent = Math.round((share ?? 0) * 100);
  return (
    <span className="flex shrink-0 items-center gap-2 text-mute tabular-nums">
      <span
        role="progressbar"
        aria-label={label}
        aria-valuenow={percent}
        className="h-1 w-24 overflow-hidden rounded-full bg-hover"
      >
        <span className="block h-full rounded-full bg-accent" style={{ inlineSize: `${percent}%` }} />
      </span>
      {percent}%
    </span>
  );
}
