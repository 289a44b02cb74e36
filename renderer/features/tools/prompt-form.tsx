import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { errorInfo } from '../../lib/errors';
import { useOffers } from '../../stores/offers';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { useErrorText } from '../engine/use-error-text';
import { putPrompt } from './offers';

const close = () => useOffers.setState({ filling: null });

/** What a server's prompt wants to know before it is put into the message. */
export default function PromptForm() {
  const { t } = useTranslation();
  const filling = useOffers((state) => state.filling);
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  if (!filling) return null;
  const { serverId, prompt } = filling;
  const missing = prompt.arguments.some(({ name, required }) => required && !given[name]?.trim());
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      // What was left empty was not given.
      const filled = Object.entries(given).filter(([, value]) => value.trim() !== '');
      await putPrompt(serverId, prompt.name, Object.fromEntries(filled));
      close();
    } catch (failure) {
      setError(errorInfo(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={close}
      title={prompt.title}
      className="top-[15vh] max-w-lg"
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        const dialog = event.currentTarget;
        if (dialog instanceof HTMLElement) dialog.querySelector('textarea')?.focus();
      }}
    >
      <form
        className="flex min-h-0 flex-col gap-4 overflow-y-auto px-6 pb-5"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {prompt.description && (
          <p className="text-sm text-pretty text-mute" dir="auto">
            {prompt.description}
          </p>
        )}
        {prompt.arguments.map((argument) => (
          <Argument
            key={argument.name}
            argument={argument}
            value={given[argument.name] ?? ''}
            onText={(text) => setGiven({ ...given, [argument.name]: text })}
          />
        ))}
        {error && <Problem error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" disabled={missing || busy}>
            {t('tools.offers.use')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface ArgumentProps {
  readonly argument: { readonly name: string; readonly description: string; readonly required: boolean };
  readonly value: string;
  readonly onText: (text: string) => void;
}

function Argument({ argument: { name, description, required }, value, onText }: ArgumentProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm">
        <bdi>{name}</bdi>
        {!required && <span className="text-xs text-faint"> · {t('tools.offers.optional')}</span>}
      </label>
      <textarea
        id={id}
        value={value}
        dir="auto"
        rows={1}
        required={required}
        aria-describedby={description ? `${id}-help` : undefined}
        onChange={(event) => onText(event.target.value)}
        className="field-sizing-content max-h-40 min-h-8 w-full resize-none rounded-lg border border-edge bg-control px-3 py-1.5 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
      />
      {description && (
        <p id={`${id}-help`} className="text-xs text-pretty text-faint" dir="auto">
          {description}
        </p>
      )}
    </div>
  );
}

function Problem({ error }: { readonly error: ErrorInfo }) {
  const { text } = useErrorText(error);
  return (
    <p role="alert" className="text-sm text-pretty text-danger">
      {text}
    </p>
  );
}
