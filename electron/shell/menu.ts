import { Menu, type MenuItemConstructorOptions } from 'electron';
import { type ActionName, type ChosenKeys, keysFor } from '../contract/shortcuts';
import { toAccelerator } from './accelerator';
import { type Labels, type Language, labelsIn } from './labels';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly language: Language;
  readonly shortcuts: ChosenKeys;
  readonly command: (command: ActionName) => void;
  readonly quickAsk: () => void;
}

type MenuAction = ActionName & keyof Labels;
type Item = MenuItemConstructorOptions;
type Role = NonNullable<Item['role']>;

export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));
}

export function menuTemplate({ platform, language, shortcuts, command, quickAsk }: MenuOptions): Item[] {
  const labels = labelsIn(language);
  const mac = platform === 'darwin';
  const separator: Item = { type: 'separator' };
  const role = (itemRole: Role, label: keyof Labels): Item => ({ label: labels[label], role: itemRole });
  const action = (name: MenuAction): Item => {
    const [keys] = keysFor(name, shortcuts);
    // Escape closes menus, dialogs and fields first; the page alone knows whose it is.
    const shown = keys !== undefined && keys !== 'escape';
    return {
      label: labels[name],
      ...(shown && { accelerator: toAccelerator(keys) }),
      click: () => command(name),
    };
  };
  // Its shortcut is heard everywhere already; as an accelerator of the menu it would run twice.
  const [quickKeys] = keysFor('quickAsk', shortcuts);
  const quick: Item = {
    label: labels.quickAsk,
    ...(quickKeys && { accelerator: toAccelerator(quickKeys), registerAccelerator: false }),
    click: quickAsk,
  };

  const [talkKeys] = keysFor('talk', shortcuts);
  const talk: Item = {
    ...action('talk'),
    ...(talkKeys && { accelerator: toAccelerator(talkKeys), registerAccelerator: false }),
  };

  const appMenu: Item = {
    label: labels.app,
    submenu: [
      action('about'),
      separator,
      action('settings'),
      separator,
      role('services', 'services'),
      separator,
      role('hide', 'hide'),
      role('hideOthers', 'hideOthers'),
      role('unhide', 'unhide'),
      separator,
      role('quit', 'quit'),
    ],
  };
  const begin: readonly Item[] = [
    action('newChat'),
    action('newFolder'),
    quick,
    separator,
    action('palette'),
    action('openArchive'),
    action('openBin'),
    separator,
    action('importConversations'),
    action('exportAll'),
    separator,
    action('models'),
    action('getModel'),
  ];
  const file: Item = {
    label: labels.file,
    submenu: mac
      ? [...begin, separator, role('close', 'close')]
      : [...begin, separator, action('settings'), separator, role('close', 'close'), role('quit', 'quit')],
  };
  const edit: Item = {
    label: labels.edit,
    submenu: [
      role('undo', 'undo'),
      role('redo', 'redo'),
      separator,
      role('cut', 'cut'),
      role('copy', 'copy'),
      role('paste', 'paste'),
      role('pasteAndMatchStyle', 'pasteAndMatchStyle'),
      separator,
      role('selectAll', 'selectAll'),
    ],
  };
  const conversation: Item = {
    label: labels.conversation,
    submenu: [
      action('focusComposer'),
      action('pickFiles'),
      action('capture'),
      separator,
      action('stop'),
      action('continueAnswer'),
      action('regenerate'),
      separator,
      talk,
      action('handsFree'),
      action('readAloud'),
      separator,
      action('copyLast'),
      action('copyConversation'),
      action('quote'),
      separator,
      action('exportMarkdown'),
      action('exportHtml'),
      action('exportJson'),
      separator,
      action('rename'),
      action('pin'),
      action('duplicate'),
      action('archive'),
      action('remove'),
      separator,
      action('previous'),
      action('next'),
    ],
  };
  const view: Item = {
    label: labels.view,
    submenu: [
      action('toggleSidebar'),
      action('details'),
      separator,
      action('toggleThinking'),
      action('toggleReasoning'),
      separator,
      action('larger'),
      action('smaller'),
      separator,
      role('reload', 'reload'),
      role('toggleDevTools', 'developerTools'),
      role('togglefullscreen', 'fullScreen'),
    ],
  };
  const window: Item = {
    label: labels.window,
    submenu: mac
      ? [role('minimize', 'minimize'), role('zoom', 'zoom'), separator, role('front', 'front')]
      : [role('minimize', 'minimize')],
  };
  const help: Item = {
    role: 'help',
    label: labels.help,
    submenu: [action('shortcuts'), ...(mac ? [] : [action('about')])],
  };
  return [...(mac ? [appMenu] : []), file, edit, conversation, view, window, help];
}
