/**
 * Every action that has a name: the palette lists them, the menus offer them, the shortcuts run them, the settings rebind them.
 *
 * A shortcut is written `mod+shift+o`: modifiers, then the key in lower case. `mod` is Cmd on a Mac, else Ctrl.
 */
interface Action {
  readonly keys?: string;
  /** A browser keeps Ctrl+N for itself, so some have a second. */
  readonly alternative?: string;
  /** Heard by the system even when another program is in front; only where there is a window of our own. */
  readonly global?: true;
  /** Means more than this one action, so it cannot be moved. */
  readonly fixed?: true;
}

export const actions = {
  newChat: { keys: 'mod+n', alternative: 'mod+shift+o' },
  palette: { keys: 'mod+k', alternative: 'mod+shift+p' },
  settings: { keys: 'mod+,' },
  quickAsk: { keys: 'mod+shift+space', global: true },
  toggleSidebar: { keys: 'mod+b' },
  details: { keys: 'mod+shift+b' },
  focusComposer: { keys: 'mod+l' },
  toggleThinking: { keys: 'mod+shift+e' },
  toggleReasoning: { keys: 'mod+shift+u' },
  /** Held while the window is in front; from another program one press begins and the next ends. */
  talk: { keys: 'mod+shift+d', global: true },
  handsFree: {},
  readAloud: { keys: 'mod+shift+s' },
  stop: { keys: 'escape', fixed: true },
  regenerate: { keys: 'mod+shift+r' },
  copyLast: { keys: 'mod+shift+c' },
  next: { keys: 'mod+shift+arrowdown' },
  previous: { keys: 'mod+shift+arrowup' },
  remove: { keys: 'mod+shift+backspace' },
  larger: { keys: 'mod+=' },
  smaller: { keys: 'mod+-' },
  shortcuts: { keys: 'mod+/' },
  about: {},
  quote: { keys: 'mod+shift+9' },
  copyConversation: {},
  rename: {},
  pin: {},
  duplicate: {},
  archive: {},
  newFolder: {},
  openArchive: {},
  openBin: {},
  pickFiles: {},
  capture: {},
  models: {},
  getModel: {},
  continueAnswer: {},
  exportMarkdown: {},
  exportHtml: {},
  exportJson: {},
  importConversations: {},
  exportAll: {},
  themeLight: {},
  themeDark: {},
  themeSystem: {},
  languageEn: {},
  languageZh: {},
  languageSystem: {},
} as const satisfies Readonly<Record<string, Action>>;

export type ActionName = keyof typeof actions;

export const actionNames = Object.keys(actions) as readonly ActionName[];

/** What the user chose in place of the defaults, by action; an empty string takes the shortcut away. */
export type ChosenKeys = Readonly<Record<string, string>>;

export const KEYS_PATTERN =
  /^(?:(?:mod|ctrl|alt|shift)\+){0,4}(?:[a-z0-9]|f(?:[1-9]|1\d|2[0-4])|space|enter|escape|tab|backspace|delete|home|end|pageup|pagedown|arrow(?:up|down|left|right)|[-,./=;'[\]\\`])$/;

export function actionOf(name: ActionName): Action {
  return actions[name];
}

/** The first is the one to show. */
export function keysFor(name: ActionName, chosen: ChosenKeys): readonly string[] {
  const action = actionOf(name);
  const own = action.fixed ? undefined : chosen[name];
  if (own !== undefined) return own === '' ? [] : [own];
  return [action.keys, action.alternative].filter((keys) => keys !== undefined);
}
