import { type ComponentType, lazy } from 'react';

/**
 * A component fetched when it is first drawn or, better, before: once it is there it is drawn in the same frame. (`lazy` alone
 * suspends on its first drawing even then, and the first keys typed after a shortcut that opens a dialog would be lost.)
 */
export function preloadable(load: () => Promise<{ readonly default: ComponentType }>): {
  readonly Component: ComponentType;
  readonly preload: () => Promise<void>;
} {
  let Loaded: ComponentType | undefined;
  const fetched = async () => {
    const module = await load();
    Loaded = module.default;
    return module;
  };
  const Lazy = lazy(fetched);
  return {
    Component: () => (Loaded ? <Loaded /> : <Lazy />),
    preload: async () => {
      await fetched();
    },
  };
}
