import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../stores/settings';
import { dismissToast, type Toast, useToasts } from '../stores/toasts';
import { useUi } from '../stores/ui';

/** What happened, with the way back where there is one. Hovering or focusing one keeps it. */
export function Toaster() {
  const { t } = useTranslation();
  const toasts = useToasts((state) => state.toasts);
  const beside = useUi((state) => !state.narrow);
  const sidebar = useSettings((settings) => settings.sidebarOpen) && beside;
  return (
    <Radix.Provider swipeDirection="down" label={t('app.name')}>
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
      {/* Above the composer and in the middle of the conversation, which is where the reader looks. */}
      <Radix.Viewport
        className={`pointer-events-none fixed end-0 bottom-(--composer-height,8rem) z-70 flex flex-col items-center gap-2 px-4 outline-none ${sidebar ? 'start-66' : 'start-0'}`}
      />
    </Radix.Provider>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const { t } = useTranslation();
  const { error } = toast;
  const known = error && `errors.title.${error.code}`;
  return (
    <Radix.Root
      type={toast.tone === 'error' ? 'foreground' : 'background'}
      duration={toast.durationMs}
      onOpenChange={(open) => !open && dismissToast(toast.id)}
      className="animate-rise pointer-events-auto flex min-h-10 max-w-lg items-center gap-3 rounded-xl border border-line bg-raise py-1.5 ps-4 pe-1.5 text-sm shadow-pop"
    >
      {error && known ? (
        <Radix.Description className="py-1">
          <span className="block font-medium text-danger">{t(`errors.title.${error.code}`)}</span>
          <span className="block text-mute">{t(`errors.text.${error.code}`)}</span>
        </Radix.Description>
      ) : (
        <Radix.Description>{toast.text}</Radix.Description>
      )}
      {toast.action && (
        <Radix.Action
          altText={toast.action.label}
          onClick={toast.action.run}
          className="h-7 rounded-md px-2.5 font-medium text-accent hover:bg-tint"
        >
          {toast.action.label}
        </Radix.Action>
      )}
      <Radix.Close
        aria-label={t('common.dismiss')}
        className="grid size-7 place-items-center rounded-md text-mute hover:bg-hover hover:text-text"
      >
        <X size={15} aria-hidden />
      </Radix.Close>
    </Radix.Root>
  );
}
