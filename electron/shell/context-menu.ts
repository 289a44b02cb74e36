import { type BrowserWindow, clipboard, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Labels } from './labels';

/** What the right button offers in the page; Electron has no menu of its own there. */
export function offerContextMenu(window: BrowserWindow, labels: () => Labels): void {
  const contents = window.webContents;
  contents.on('context-menu', (_event, parameters) => {
    const { editFlags, isEditable, linkURL, misspelledWord, dictionarySuggestions, selectionText } =
      parameters;
    const { cut, copy, paste, pasteAndMatchStyle, selectAll, copyLink, addToDictionary } = labels();
    const items: MenuItemConstructorOptions[] = [];
    if (misspelledWord) {
      for (const word of dictionarySuggestions) {
        items.push({ label: word, click: () => contents.replaceMisspelling(word) });
      }
      const add = () => contents.session.addWordToSpellCheckerDictionary(misspelledWord);
      items.push({ label: addToDictionary, click: add }, { type: 'separator' });
    }
    if (/^https?:/.test(linkURL)) items.push({ label: copyLink, click: () => clipboard.writeText(linkURL) });
    if (isEditable) {
      items.push(
        { label: cut, role: 'cut', enabled: editFlags.canCut },
        { label: copy, role: 'copy', enabled: editFlags.canCopy },
        { label: paste, role: 'paste', enabled: editFlags.canPaste },
        { label: pasteAndMatchStyle, role: 'pasteAndMatchStyle', enabled: editFlags.canPaste },
        { type: 'separator' },
        { label: selectAll, role: 'selectAll', enabled: editFlags.canSelectAll },
      );
    } else if (selectionText.trim()) {
      items.push({ label: copy, role: 'copy' });
    }
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window });
  });
}
