import type { ErrorInfo } from '../../../electron/contract/errors';
import { TechnicalDetails } from '../engine/technical-details';
import { useErrorText } from '../engine/use-error-text';

/** What went wrong, where it did. */
export function ErrorNote({
  error,
  className = '',
}: {
  readonly error: ErrorInfo;
  readonly className?: string;
}) {
  const { text, technical } = useErrorText(error);
  return (
    <div role="alert" className={`rounded-lg bg-danger-tint px-3 py-2 text-xs wrap-anywhere ${className}`}>
      {text}
      <TechnicalDetails text={technical} />
    </div>
  );
}
