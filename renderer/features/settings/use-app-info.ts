import { useEffect, useState } from 'react';
import type { AppInfo } from '../../../electron/contract/api';
import { bridge } from '../../bridge/bridge';

/** Null until the app has answered, and where it cannot: the page still says all it knows itself. */
export function useAppInfo(): AppInfo | null {
  const [info, setInfo] = useState<AppInfo | null>(null);
  useEffect(() => {
    bridge()
      .request('app.info')
      .then(setInfo, () => {});
  }, []);
  return info;
}
