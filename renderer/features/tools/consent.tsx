import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Consent as Answer, CalledTool } from '../../../electron/contract/tools';
import { giveConsent } from '../../stores/tools';
import { Button } from '../../ui/button';
import { focusComposer } from '../composer/focus';
import { readableArguments } from './arguments';
import { PlainBlock } from './plain-block';

/** Asks before a call. Nothing is pressed by accident: the question has the focus, not one of its answers. */
export function Consent({ messageId, call }: { readonly messageId: string; readonly call: CalledTool }) {
  const { t } = useTranslation();
  const titleId = useId();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // Whoever is writing goes on writing.
    if (isFree(document.activeElement)) card.current?.focus({ preventScroll: true });
    card.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const answer = (consent: Answer) => {
    // The buttons are about to go.
    focusComposer();
    void giveConsent(messageId, call.id, consent);
  };
  const given = readableArguments(call.arguments);
  const tool = `\u2068${call.title}\u2069`;
  return (
    <section
      ref={card}
      aria-labelledby={titleId}
      tabIndex={-1}
      className="flex flex-col gap-3 rounded-xl border border-line-strong bg-raise p-4 shadow-card outline-none focus-visible:border-accent"
    >
      <div>
        <p id={titleId} role="alert" className="font-medium">
          {t('tools.consent.title', { tool })}
        </p>
        <p className="mt-0.5 text-sm text-mute">
          {t(call.readOnly ? 'tools.consent.server' : 'tools.consent.serverChanges', {
            server: `\u2068${call.server}\u2069`,
          })}
        </p>
      </div>
      {given !== null && <PlainBlock title={t('tools.consent.with')} text={given} />}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => answer('once')}>
          {t('tools.consent.once')}
        </Button>
        <Button onClick={() => answer('always')}>{t('tools.consent.always')}</Button>
        <Button onClick={() => answer('deny')}>{t('tools.consent.deny')}</Button>
      </div>
    </section>
  );
}

/** Nothing is being typed or looked at there. */
function isFree(element: Element | null): boolean {
  if (element === null || element === document.body) return true;
  return element instanceof HTMLTextAreaElement && element.value === '';
}
