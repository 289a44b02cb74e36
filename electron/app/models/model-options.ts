import type { LoadOptions } from '../../contract/engine';
import type { Manifest } from '../../contract/manifest';
import type { ModelOptions } from '../../contract/models';
import type { Settings } from '../../contract/settings';

/** A model's own options. A model may be named `constructor`. */
export function optionsOf({ modelOptions }: Settings, id: string): ModelOptions {
  return Object.hasOwn(modelOptions, id) ? (modelOptions[id] ?? {}) : {};
}

/** How a model is loaded: as its own options say, and the settings where it has none. */
export function loadOptions(settings: Settings, manifest: Manifest, verifiedFiles: string): LoadOptions {
  const own = optionsOf(settings, manifest.id);
  const contextLength = own.contextLength ?? settings.contextLength;
  return {
    provider: own.provider ?? settings.provider,
    ...(own.deviceId !== undefined && { deviceId: own.deviceId }),
    ...(contextLength !== null && { contextLength: Math.min(contextLength, manifest.contextLength) }),
    ...(own.speculation !== undefined && { speculation: own.speculation }),
    ...(own.float8 !== undefined && { float8: own.float8 }),
    ...(own.cacheType !== undefined && { cacheType: own.cacheType }),
    verifiedFiles,
  };
}
