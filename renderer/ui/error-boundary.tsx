import i18next from 'i18next';
import { Component, type ReactNode } from 'react';
import { Button } from './button';

interface State {
  readonly error: Error | null;
}

/** The page's own bugs: the conversations are the app's and safe, so a reload is all it takes. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert" className="flex h-full flex-col items-center justify-center gap-2 p-6 text-center">
        <p className="font-semibold">{i18next.t('errors.pageTitle')}</p>
        <p className="text-sm text-mute">{i18next.t('errors.pageText')}</p>
        <pre className="max-w-[72ch] overflow-auto text-xs text-faint">{error.message}</pre>
        <Button look="primary" onClick={() => location.reload()}>
          {i18next.t('errors.reload')}
        </Button>
      </div>
    );
  }
}
