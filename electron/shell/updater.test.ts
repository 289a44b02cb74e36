import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UpdateStatus } from '../contract/shell';
import { Updater, type UpdateSource } from './updater';

function setup(source: Partial<UpdateSource> = {}) {
  const calls: string[] = [];
  const seen: UpdateStatus[] = [];
  let progress: (info: { percent: number }) => void = () => {};
  const fake = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    logger: console,
    on: (name: string, listener: (info: { percent: number }) => void) => {
      if (name === 'download-progress') progress = listener;
    },
    checkForUpdates: async () => {
      calls.push('check');
      return { isUpdateAvailable: true, updateInfo: { version: '2.0.0' } };
    },
    downloadUpdate: async () => {
      calls.push('download');
      progress({ percent: 40 });
      return [];
    },
    quitAndInstall: () => void calls.push('install'),
    ...source,
  } as unknown as UpdateSource;
  const updater = new Updater({
    source: async () => fake,
    changed: (status) => seen.push(status),
    log: () => {},
    now: () => 5,
  });
  onTestFinished(() => updater.close());
  return { updater, fake, calls, seen };
}

describe('Updater', () => {
  it('downloads and installs only when told to, after the app has closed', async () => {
    const { updater, fake, calls, seen } = setup();
    await updater.download();
    await updater.install(async () => {});
    expect(calls).toEqual([]);
    await updater.check();
    expect(updater.status()).toEqual({ state: 'available', version: '2.0.0' });
    expect([fake.autoDownload, fake.autoInstallOnAppQuit]).toEqual([false, false]);
    await updater.download();
    expect(seen).toContainEqual({ state: 'downloading', version: '2.0.0', fraction: 0.4 });
    await updater.install(async () => void calls.push('close'));
    expect(calls).toEqual(['check', 'download', 'close', 'install']);
  });

  it('says that there is nothing newer', async () => {
    const { updater } = setup({ checkForUpdates: async () => null });
    await updater.check();
    expect(updater.status()).toEqual({ state: 'current', checkedAt: 5 });
  });

  it('turns a failure into a state of one line, and can try again', async () => {
    const checkForUpdates = vi
      .fn()
      .mockRejectedValueOnce(new Error('net::ERR_INTERNET_DISCONNECTED\n<html>…'))
      .mockResolvedValueOnce(null);
    const { updater } = setup({ checkForUpdates });
    await updater.check();
    expect(updater.status()).toEqual({ state: 'failed', message: 'net::ERR_INTERNET_DISCONNECTED' });
    await updater.check();
    expect(updater.status().state).toBe('current');
  });

  it('survives a download that breaks off', async () => {
    const { updater } = setup({
      downloadUpdate: async () => {
        throw new Error('sha512 checksum mismatch');
      },
    });
    await updater.check();
    await updater.download();
    expect(updater.status()).toEqual({ state: 'failed', message: 'sha512 checksum mismatch' });
  });

  it('looks nowhere before the user allows it', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { updater, calls } = setup();
    updater.follow({ updateCheck: 'ask' });
    updater.follow({ updateCheck: 'off' });
    await vi.advanceTimersByTimeAsync(86_400_000 * 3);
    expect(calls).toEqual([]);
    updater.follow({ updateCheck: 'on' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual(['check']);
    updater.follow({ updateCheck: 'off' });
    await vi.advanceTimersByTimeAsync(86_400_000 * 3);
    expect(calls).toEqual(['check']);
  });

  it('does nothing at all without a feed', async () => {
    const updater = new Updater({ source: null, changed: () => {}, log: () => {} });
    updater.follow({ updateCheck: 'on' });
    await updater.check();
    expect(updater.status()).toEqual({ state: 'unavailable' });
  });
});
