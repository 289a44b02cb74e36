import type { Settings } from '../../contract/settings';
import type { Consent } from '../../contract/tools';
import type { OfferedTool } from './offer';

/** Whether a tool may be called without asking: allowed as it is now, or reading only where the settings allow that. */
export function needsNoConsent({ server, info }: OfferedTool, settings: Settings): boolean {
  // As it is in the settings at this moment: it may have been taken back since the answer began.
  const current = settings.toolServers.find(({ id }) => id === server.id);
  if (current?.allowed[info.name] === info.fingerprint) return true;
  return info.readOnly && settings.readOnlyTools === 'allow';
}

/** Calls that wait for the user's word. */
export class Consents {
  readonly #waiting = new Map<string, (consent: Consent) => void>();

  /** Null where the answer is stopped meanwhile. */
  ask(turnId: string, callId: string, signal: AbortSignal): Promise<Consent | null> {
    const key = `${turnId} ${callId}`;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve(null);
        return;
      }
      const settle = (consent: Consent | null) => {
        this.#waiting.delete(key);
        signal.removeEventListener('abort', stop);
        resolve(consent);
      };
      const stop = () => settle(null);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.set(key, settle);
    });
  }

  /** What nobody asks any more is ignored: another window was quicker, or the answer was stopped. */
  answer(turnId: string, callId: string, consent: Consent): void {
    this.#waiting.get(`${turnId} ${callId}`)?.(consent);
  }
}
