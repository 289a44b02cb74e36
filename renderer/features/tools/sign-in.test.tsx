// @vitest-environment happy-dom
import '../../i18n';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ToolServer } from '../../../electron/contract/tool-servers';
import { setBridge } from '../../bridge/bridge';
import { createMockBridge } from '../../bridge/mock';
import { signIn } from '../../stores/tools';
import { ServerRow } from './server-row';
import { SignIn } from './sign-in';

configure({ asyncUtilTimeout: 60_000 });

const server: ToolServer = {
  id: 'city',
  name: 'City data',
  enabled: true,
  transport: { type: 'http', url: 'https://data.example.org/mcp', headers: {} },
  allowed: {},
  hidden: [],
};
const url = 'https://login.example.org/authorize?state=1';

let request: ReturnType<typeof vi.fn>;
const opened = vi.spyOn(window, 'open').mockReturnValue(null);

beforeEach(async () => {
  await i18next.changeLanguage('en');
  const mock = createMockBridge(new URLSearchParams('tools=sign-in'));
  request = vi.fn(async () => {});
  setBridge({ ...mock, request: request as unknown as typeof mock.request });
  opened.mockClear();
});
afterEach(cleanup);

describe('a server that wants a sign-in', () => {
  it('offers it, and says nothing of a failure', () => {
    const error = {
      code: 'tool-failed',
      message: '',
      details: { kind: 'tool-sign-in', name: 'City data' },
    } as const;
    render(
      <ServerRow
        server={server}
        status={{ id: 'city', state: 'failed', error, retryAt: null }}
        onEdit={() => {}}
        onRemove={() => {}}
      />,
    );
    expect(screen.getByRole('status').textContent).toBe('Not signed in');
    expect(screen.queryByRole('button', { name: 'Start again' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(request).toHaveBeenCalledWith('tools.signIn', 'city');
  });

  it('opens the page once, in the window where it was asked for, and leaves a link', async () => {
    await signIn('city');
    const { rerender, unmount } = render(<SignIn server={server} url={null} />);
    expect(opened).not.toHaveBeenCalled();
    rerender(<SignIn server={server} url={url} />);
    expect(opened).toHaveBeenCalledExactlyOnceWith(url, '_blank', 'noopener');
    expect(screen.getByRole('link', { name: 'Open the sign-in page' }).getAttribute('href')).toBe(url);
    unmount();
    // The settings, opened again; or another window.
    render(<SignIn server={server} url={url} />);
    expect(opened).toHaveBeenCalledOnce();
  });

  it('takes the address from a browser on another computer, and can be given up', async () => {
    render(<SignIn server={server} url={url} />);
    fireEvent.click(screen.getByRole('button', { name: 'The browser is on another computer' }));
    const field = screen.getByRole('textbox', { name: /^At the end the browser shows/ });
    expect(screen.getByRole('button', { name: 'Finish' })).toHaveProperty('disabled', true);
    fireEvent.change(field, { target: { value: 'http://127.0.0.1:5/sign-in?code=1&state=1' } });
    fireEvent.click(screen.getByRole('button', { name: 'Finish' }));
    await waitFor(() =>
      expect(request).toHaveBeenCalledWith(
        'tools.finishSignIn',
        'city',
        'http://127.0.0.1:5/sign-in?code=1&state=1',
      ),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(request).toHaveBeenCalledWith('tools.restart', 'city');
  });

  it('can be signed out of', () => {
    render(
      <ServerRow
        server={server}
        status={{ id: 'city', state: 'ready', tools: [], signedIn: true }}
        onEdit={() => {}}
        onRemove={() => {}}
      />,
    );
    fireEvent.click(screen.getByRole('button', { name: 'Details of City data' }));
    fireEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(request).toHaveBeenCalledWith('tools.signOut', 'city');
  });
});
