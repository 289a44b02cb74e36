import type { OpenedImages } from '../../../electron/contract/api';
import type { DeepLink } from '../../../electron/contract/shell';
import { newConversation, openConversation, useChat } from '../../stores/chat';
import { changeFiles, toDraft } from '../../stores/draft-files';
import { draftOf, setDraft } from '../../stores/drafts';
import { showError } from '../../stores/toasts';
import { openSettings } from '../../stores/ui';
import { focusComposer } from '../composer/focus';

/** Anybody's page can hold an `autoglm://` link: its text is put where the user reads it first, and is never sent by itself. */
export function followLink(link: DeepLink): void {
  switch (link.kind) {
    case 'new': {
      newConversation();
      // What was being written is not lost to a link.
      const typed = draftOf(null).trimEnd();
      if (link.text) setDraft(null, typed ? `${typed}\n\n${link.text}` : link.text);
      requestAnimationFrame(focusComposer);
      return;
    }
    case 'conversation':
      void openConversation(link.id);
      return;
    case 'settings':
      openSettings(link.section);
  }
}

/** Opened with the app from the system: they join the message being written, as if they had been dropped there. */
export function takeOpenedImages({ images, problems }: OpenedImages): void {
  for (const problem of problems) showError(problem);
  if (images.length === 0) return;
  changeFiles(useChat.getState().conversationId, (files) => [...files, ...images.map(toDraft)]);
  requestAnimationFrame(focusComposer);
}
