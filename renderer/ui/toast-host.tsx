import { useEffect, useRef } from 'react';
import { create } from 'zustand';

interface Hosts {
  /** Of the dialogs that are open, the last on top. */
  readonly hosts: readonly HTMLElement[];
}

const useHosts = create<Hosts>(() => ({ hosts: [] }));

/** Where the toasts are now; null for their usual place in the page. */
export function useToastHost(): HTMLElement | null {
  return useHosts(({ hosts }) => hosts.at(-1) ?? null);
}

/**
 * A place for toasts within a dialog: what lies outside of one that is open is neither read aloud nor reached by keyboard, and a way
 * back that cannot be taken is none.
 */
export function ToastHost() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    useHosts.setState(({ hosts }) => ({ hosts: [...hosts, current] }));
    return () => useHosts.setState(({ hosts }) => ({ hosts: hosts.filter((host) => host !== current) }));
  }, []);
  return <div ref={place} className="contents" />;
}
