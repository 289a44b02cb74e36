import type { ReactNode } from 'react';

export function Notice({ danger, children }: { readonly danger: boolean; readonly children: ReactNode }) {
  return (
    <div
      role="status"
      className={`mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl px-3.5 py-2 text-sm ${danger ? 'bg-danger-tint text-danger' : 'bg-warn-tint text-warn'}`}
    >
      {children}
    </div>
  );
}
