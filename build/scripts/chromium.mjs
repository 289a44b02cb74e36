/** Finds a Chromium for the browser tests: the system's, else Playwright's, else one from the system's package manager. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binary } from './setup.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** What Chromium needs to run quietly without a display, as root in a container, and without calling home. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string | null} the system's Chromium, or the one AUTOGLM_CHROMIUM names */
export function systemChromium() {
  if (process.env.AUTOGLM_CHROMIUM) return process.env.AUTOGLM_CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...APPLICATIONS].find((path) => existsSync(path)) ?? null;
}

/**
 * @returns {Promise<{ executable: string } | { missing: string }>} `missing` says what to install
 */
export async function ensureChromium() {
  const found = systemChromium() ?? (await playwrightChromium());
  if (found) return { executable: found };

  console.log('No Chromium here; asking Playwright for its own …');
  spawnSync(process.execPath, [binary('@playwright/test', 'playwright'), 'install', 'chromium'], {
    stdio: 'inherit',
    timeout: 600_000,
  });
  const fetched = await playwrightChromium();
  if (fetched) return { executable: fetched };

  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    console.log("Playwright's could not be fetched; installing the system's …");
    const root = process.getuid?.() === 0;
    const apt = (/** @type {string[]} */ ...args) =>
      spawnSync(root ? 'apt-get' : 'sudo', root ? args : ['-n', 'apt-get', ...args], { stdio: 'inherit' });
    apt('update', '-qq');
    apt('install', '-y', '-qq', 'chromium');
    const installed = systemChromium();
    if (installed) return { executable: installed };
  }
  const how =
    process.platform === 'linux'
      ? 'Install it with `sudo apt-get install chromium` (Debian, Ubuntu) or `sudo dnf install chromium` (Fedora)'
      : 'Install Google Chrome or Chromium';
  return {
    missing: `The browser tests need a Chromium. ${how}, or name one in AUTOGLM_CHROMIUM, and run npm test again.`,
  };
}

async function playwrightChromium() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}
