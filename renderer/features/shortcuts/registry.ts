/**
 * Every action that has a name: what the palette lists, the shortcuts run and the settings show. The keys are defaults, so that
 * a later version can let them be changed.
 */
export const actions = {
  newChat: { keys: 'mod+n', alternative: 'mod+shift+o' },
  palette: { keys: 'mod+k', alternative: 'mod+shift+p' },
  settings: { keys: 'mod+,' },
  toggleSidebar: { keys: 'mod+b' },
  details: { keys: 'mod+shift+b' },
  focusComposer: { keys: 'mod+l' },
  toggleThinking: { keys: 'mod+shift+e' },
  toggleReasoning: { keys: 'mod+shift+u' },
  stop: { keys: 'escape' },
  regenerate: { keys: 'mod+shift+r' },
  copyLast: { keys: 'mod+shift+c' },
  next: { keys: 'mod+shift+arrowdown' },
  previous: { keys: 'mod+shift+arrowup' },
  remove: { keys: 'mod+shift+backspace' },
  larger: { keys: 'mod+=' },
  smaller: { keys: 'mod+-' },
  shortcuts: { keys: 'mod+/' },
  copyConversation: {},
  rename: {},
  pin: {},
  themeLight: {},
  themeDark: {},
  themeSystem: {},
  languageEn: {},
  languageZh: {},
  languageSystem: {},
} as const satisfies Readonly<Record<string, { readonly keys?: string; readonly alternative?: string }>>;

export type ActionName = keyof typeof actions;

type ActionWithKeys = {
  [K in ActionName]: (typeof actions)[K] extends { keys: string } ? K : never;
}[ActionName];

export function keysOf(name: ActionWithKeys): string {
  return actions[name].keys;
}

/** The first for display; a browser keeps Ctrl+N for itself, so some have a second. */
export function allKeysOf(name: ActionName): readonly string[] {
  const action: { readonly keys?: string; readonly alternative?: string } = actions[name];
  return [action.keys, action.alternative].filter((keys) => keys !== undefined);
}

export const actionNames = Object.keys(actions) as ActionName[];
