import type { ReactNode } from 'react';

/** The text of an element that holds nothing else. */
export function textOf(children: ReactNode): string {
  if (typeof children === 'string') return children;
  if (Array.isArray(children)) return children.map(textOf).join('');
  return '';
}
