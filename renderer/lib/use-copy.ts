import { useCallback, useEffect, useRef, useState } from 'react';
import { showError } from '../stores/toasts';
import { errorInfo } from './errors';

/** Copies and says so for two seconds. */
export function useCopy(): [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback((text: string) => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), 2000);
      },
      (error: unknown) => showError(errorInfo(error)),
    );
  }, []);
  return [copied, copy];
}
