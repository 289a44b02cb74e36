import { create } from 'zustand';
import type { ErrorInfo } from '../../electron/contract/errors';

export interface Toast {
  readonly id: number;
  readonly tone: 'neutral' | 'error';
  readonly text: string;
  readonly error?: ErrorInfo;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** From 0 to 1, of work that goes on; null before it is known. Stays until the work is over. */
  readonly progress?: number | null;
  readonly durationMs: number;
}

interface ToastState {
  readonly toasts: readonly Toast[];
}

export const useToasts = create<ToastState>(() => ({ toasts: [] }));

let nextId = 1;

/** Sooner than this a word about work only flickers. */
const UNNOTICED_MS = 400;

function push(toast: Omit<Toast, 'id'>): void {
  // More than three at once are a wall, not news.
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), { ...toast, id: nextId++ }] }));
}

export function showToast(text: string, action?: Toast['action']): void {
  // Something that can be undone stays long enough to read it, understand and reach it.
  push({ tone: 'neutral', text, durationMs: action ? 8000 : 3000, ...(action && { action }) });
}

/** Longer than any other: it comes when nobody is looking yet. */
export function showNotice(text: string): void {
  push({ tone: 'neutral', text, durationMs: 30_000 });
}

/** What the app put right by itself. */
export function showStartNotice(notice: ErrorInfo): void {
  push({ tone: 'neutral', text: notice.message, error: notice, durationMs: 30_000 });
}

export function showError(error: ErrorInfo): void {
  push({ tone: 'error', text: error.message, error, durationMs: 10_000 });
}

/** Something that could not be done, in a sentence of its own. */
export function showProblem(text: string): void {
  push({ tone: 'error', text, durationMs: 10_000 });
}

interface Progress {
  update(share: number): void;
  /** Takes it away. */
  end(): void;
}

/** Work that takes a while, with how far it is and the way to stop it. Work that is over at once is never seen. */
export function showProgress(text: string, stop: NonNullable<Toast['action']>): Progress {
  let id: number | null = null;
  let progress: number | null = null;
  const timer = setTimeout(() => {
    id = nextId;
    push({ tone: 'neutral', text, action: stop, progress, durationMs: Number.POSITIVE_INFINITY });
  }, UNNOTICED_MS);
  return {
    update: (share) => {
      progress = share;
      useToasts.setState(({ toasts }) => ({
        toasts: toasts.map((toast) => (toast.id === id ? { ...toast, progress } : toast)),
      }));
    },
    end: () => {
      clearTimeout(timer);
      if (id !== null) dismissToast(id);
    },
  };
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
