import { useEffect, useState } from 'react';

/** The microphones there are. They have no names until the person has let the page use one. */
export function useMicrophones(): readonly MediaDeviceInfo[] {
  const [list, setList] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const { mediaDevices } = navigator;
    if (!mediaDevices) return;
    const look = () =>
      void mediaDevices
        .enumerateDevices()
        .then((devices) => setList(devices.filter(isOne)))
        .catch(() => {});
    look();
    mediaDevices.addEventListener('devicechange', look);
    // Names appear with the permission, which no event tells.
    const timer = setInterval(look, 2_000);
    return () => {
      mediaDevices.removeEventListener('devicechange', look);
      clearInterval(timer);
    };
  }, []);
  return list;
}

/** `default` and `communications` are the system's choice once more; an empty id is a device that may not be seen yet. */
function isOne({ kind, deviceId }: MediaDeviceInfo): boolean {
  return kind === 'audioinput' && !['', 'default', 'communications'].includes(deviceId);
}

/** Whether there is any: that is told before the person has let the page use one. */
export function useHasMicrophone(): boolean {
  const [found, setFound] = useState(false);
  useEffect(() => {
    const { mediaDevices } = navigator;
    if (!mediaDevices) return;
    const look = () =>
      void mediaDevices
        .enumerateDevices()
        .then((devices) => setFound(devices.some(({ kind }) => kind === 'audioinput')))
        .catch(() => {});
    look();
    mediaDevices.addEventListener('devicechange', look);
    return () => mediaDevices.removeEventListener('devicechange', look);
  }, []);
  return found;
}
