import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openMicrophoneSettings } from './microphone-settings';

const { openExternal } = vi.hoisted(() => ({ openExternal: vi.fn(async (_url: string) => {}) }));
vi.mock('electron', () => ({ shell: { openExternal } }));

function on(platform: string): void {
  vi.stubGlobal('process', { ...process, platform });
  onTestFinished(() => void vi.unstubAllGlobals());
}

describe('the system’s page for the microphone', () => {
  it.each([
    ['darwin', /^x-apple\.systempreferences:.*Privacy_Microphone$/],
    ['win32', /^ms-settings:privacy-microphone$/],
  ])('opens on %s', async (platform, url) => {
    on(platform);
    await openMicrophoneSettings();
    expect(openExternal).toHaveBeenLastCalledWith(expect.stringMatching(url));
  });

  it('is said not to be there on Linux', async () => {
    on('linux');
    openExternal.mockClear();
    await expect(openMicrophoneSettings()).rejects.toMatchObject({ code: 'invalid-request' });
    expect(openExternal).not.toHaveBeenCalled();
  });
});
