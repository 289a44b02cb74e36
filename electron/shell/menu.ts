import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppCommand } from '../contract/api';

type Labels = Readonly<Record<LabelKey, string>>;
type LabelKey =
  | 'file'
  | 'newConversation'
  | 'settings'
  | 'search'
  | 'close'
  | 'quit'
  | 'edit'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'pasteAndMatchStyle'
  | 'selectAll'
  | 'view'
  | 'sidebar'
  | 'reload'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'fullScreen'
  | 'developerTools'
  | 'window'
  | 'minimize';

const ENGLISH: Labels = {
  file: 'File',
  newConversation: 'New chat',
  settings: 'Settings…',
  search: 'Search…',
  close: 'Close window',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  pasteAndMatchStyle: 'Paste as plain text',
  selectAll: 'Select all',
  view: 'View',
  sidebar: 'Show or hide the sidebar',
  reload: 'Reload',
  resetZoom: 'Actual size',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fullScreen: 'Full screen',
  developerTools: 'Developer tools',
  window: 'Window',
  minimize: 'Minimize',
};

const CHINESE: Labels = {
  file: '文件',
  newConversation: '新建对话',
  settings: '设置…',
  search: '搜索…',
  close: '关闭窗口',
  quit: '退出',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  pasteAndMatchStyle: '粘贴为纯文本',
  selectAll: '全选',
  view: '显示',
  sidebar: '显示或隐藏侧边栏',
  reload: '重新加载',
  resetZoom: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  developerTools: '开发者工具',
  window: '窗口',
  minimize: '最小化',
};

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly language: 'en' | 'zh-CN';
  readonly appName: string;
  readonly command: (command: AppCommand) => void;
}

export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));
}

export function menuTemplate({
  platform,
  language,
  appName,
  command,
}: MenuOptions): MenuItemConstructorOptions[] {
  const labels = language === 'zh-CN' ? CHINESE : ENGLISH;
  const mac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const item = (label: LabelKey, chosen: AppCommand, accelerator: string): MenuItemConstructorOptions => ({
    label: labels[label],
    accelerator,
    click: () => command(chosen),
  });
  const role = (
    label: LabelKey,
    itemRole: NonNullable<MenuItemConstructorOptions['role']>,
  ): MenuItemConstructorOptions => ({ label: labels[label], role: itemRole });

  const newConversation = item('newConversation', 'new-conversation', 'CmdOrCtrl+N');
  const settings = item('settings', 'open-settings', 'CmdOrCtrl+,');
  const search = item('search', 'search', 'CmdOrCtrl+Shift+F');
  const appMenu: MenuItemConstructorOptions = {
    label: appName,
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      role('quit', 'quit'),
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: labels.file,
      submenu: mac
        ? [newConversation, search, separator, role('close', 'close')]
        : [newConversation, search, separator, settings, separator, role('quit', 'quit')],
    },
    {
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
    },
    {
      label: labels.view,
      submenu: [
        item('sidebar', 'toggle-sidebar', 'CmdOrCtrl+B'),
        separator,
        role('reload', 'reload'),
        role('developerTools', 'toggleDevTools'),
        separator,
        role('resetZoom', 'resetZoom'),
        role('zoomIn', 'zoomIn'),
        role('zoomOut', 'zoomOut'),
        separator,
        role('fullScreen', 'togglefullscreen'),
      ],
    },
    {
      label: labels.window,
      submenu: mac
        ? [role('minimize', 'minimize'), { role: 'zoom' }, separator, { role: 'front' }]
        : [role('minimize', 'minimize'), role('close', 'close')],
    },
  ];
}
