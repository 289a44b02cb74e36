// @vitest-environment happy-dom
import '../i18n';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Dialog } from './dialog';
import { setFocusFallback } from './dialog-focus';

afterEach(cleanup);

const fallback = vi.fn();
setFocusFallback(fallback);

/** A field, a button that is gone while the dialog is open, and another field beside them. */
function Page({ onClosed }: { readonly onClosed?: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <input aria-label="Message" onKeyDown={({ key }) => key === 'F2' && setOpen(true)} />
      {!open && (
        <button type="button" onClick={() => setOpen(true)}>
          Menu item
        </button>
      )}
      <input aria-label="Elsewhere" />
      <Dialog
        open={open}
        title="Settings"
        onClose={() => {
          setOpen(false);
          onClosed?.();
        }}
      >
        <input aria-label="Search" />
      </Dialog>
    </>
  );
}

async function closeDialog(): Promise<void> {
  fireEvent.keyDown(await screen.findByRole('dialog'), { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
}

describe('a dialog that closes', () => {
  it('gives the keys back to the field that opened it by a shortcut', async () => {
    render(<Page />);
    const field = screen.getByRole('textbox', { name: 'Message' });
    field.focus();
    fireEvent.keyDown(field, { key: 'F2' });
    await screen.findByRole('dialog');
    expect(document.activeElement).not.toBe(field);
    await closeDialog();
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(fallback).not.toHaveBeenCalled();
  });

  it('gives them to the message where what had them is gone', async () => {
    render(<Page />);
    const item = screen.getByRole('button', { name: 'Menu item' });
    item.focus();
    fireEvent.click(item);
    await closeDialog();
    await waitFor(() => expect(fallback).toHaveBeenCalledOnce());
  });

  it('leaves them where what was chosen in it has put them', async () => {
    render(<Page onClosed={() => setTimeout(() => screen.getByLabelText('Elsewhere').focus(), 0)} />);
    const field = screen.getByRole('textbox', { name: 'Message' });
    field.focus();
    fireEvent.keyDown(field, { key: 'F2' });
    await closeDialog();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(document.activeElement).toBe(screen.getByLabelText('Elsewhere'));
  });
});
