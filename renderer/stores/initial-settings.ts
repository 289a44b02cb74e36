import type { Settings } from '../../electron/contract/settings';

/**
 * The defaults of contract/settings.ts, written again because importing the schema would put zod into the page. The page shows
 * them only until the app has answered; settings.test.ts holds the two equal.
 */
export const initialSettings: Settings = {
  language: 'system',
  theme: 'system',
  fontSize: 15,
  density: 'comfortable',
  contrast: 'system',
  motion: 'system',
  reasoningView: 'fold-when-done',
  showStatistics: true,
  thinking: true,
  sendKey: 'enter',
  systemPrompt: '',
  presets: [],
  sidebarOpen: true,
  modelId: null,
  provider: 'auto',
  unloadAfterMinutes: null,
  contextLength: null,
  modelOptions: {},
  serverEnabled: false,
  serverPort: 8000,
  shortcuts: {},
  microphoneId: null,
  spokenLanguage: 'auto',
  voiceInput: 'transcribe',
  sendSpoken: false,
  handsFree: false,
  readAloud: 'off',
  voiceEn: null,
  voiceZh: null,
  speechRate: 1,
  toolServers: [],
  readOnlyTools: 'ask',
  closeToTray: false,
  launchAtLogin: false,
  updateCheck: 'ask',
  sampling: {},
};
