import { describeKeys } from '../features/shortcuts/keys';

/** A shortcut such as `mod+shift+o`, drawn as the system writes it. */
export function Kbd({ keys }: { readonly keys: string | undefined }) {
  if (!keys) return null;
  return <kbd className="whitespace-nowrap">{describeKeys(keys)}</kbd>;
}
