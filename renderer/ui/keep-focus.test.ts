// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setFocusFallback } from './dialog-focus';
import { keepFocus } from './keep-focus';

const fallback = vi.fn();
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  fallback.mockReset();
  setFocusFallback(fallback);
  end = keepFocus();
});

afterEach(() => {
  end();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function button(within: Element = document.body): HTMLButtonElement {
  const element = within.appendChild(document.createElement('button'));
  element.focus();
  return element;
}

/** Mutations are told of in a microtask, and what they lead to may take its time. */
const settle = () => vi.advanceTimersByTimeAsync(200);

describe('the keys', () => {
  it('go to the message field when the button that had them is taken away', async () => {
    button().remove();
    await settle();
    expect(fallback).toHaveBeenCalledOnce();
  });

  it('stay where they were given meanwhile', async () => {
    button().remove();
    const other = button();
    await settle();
    expect(fallback).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(other);
  });

  it('are not touched while the element that has them is there', async () => {
    button();
    document.body.appendChild(document.createElement('p')).remove();
    await settle();
    expect(fallback).not.toHaveBeenCalled();
  });

  it('are left alone after a press beside everything, as when text is selected', async () => {
    const element = button();
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    element.blur();
    await settle();
    element.remove();
    await settle();
    expect(fallback).not.toHaveBeenCalled();
  });

  it('are kept for a button that was pressed again and then taken away', async () => {
    const element = button();
    element.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    await settle();
    element.remove();
    await settle();
    expect(fallback).toHaveBeenCalledOnce();
  });

  it('are the business of the dialog they were in', async () => {
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    button(dialog).remove();
    await settle();
    expect(fallback).not.toHaveBeenCalled();
  });

  it('are not looked after once it has ended', async () => {
    end();
    button().remove();
    await settle();
    expect(fallback).not.toHaveBeenCalled();
  });
});
