import i18next from 'i18next';
import type { Attachment } from '../../../electron/contract/conversations';
import type { ExportedConversation, ImportBatch, TransferFile } from '../../../electron/contract/transfer';
import { TRANSFER_FORMAT, TRANSFER_VERSION } from '../../../electron/contract/transfer-format';
import { bridge } from '../../bridge/bridge';
import { uploadFile } from '../../bridge/files';
import { errorInfo } from '../../lib/errors';
import { openConversation } from '../../stores/chat';
import { deleteConversations, loadConversations } from '../../stores/conversations';
import { loadFolders } from '../../stores/folders';
import { showError, showProblem, showProgress, showToast } from '../../stores/toasts';
import { filesOf } from './files-of';

/** Above this JavaScript cannot hold the text. */
const MAX_FILE_BYTES = 400 * 1024 * 1024;
/** A request carries about as much: read in a moment, and often enough to show how far it is. */
const BATCH_CHARACTERS = 512 * 1024;

export function chooseImport(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  input.multiple = true;
  input.onchange = () => void importFiles([...(input.files ?? [])]);
  input.click();
}

export async function importFiles(files: readonly File[]): Promise<void> {
  for (const file of files) await importFile(file);
}

async function importFile(file: File): Promise<void> {
  const { name } = file;
  if (file.size > MAX_FILE_BYTES) {
    showProblem(i18next.t('library.importTooLarge', { name }));
    return;
  }
  try {
    const read = await readTransfer(await file.text());
    if (typeof read === 'string') {
      showProblem(i18next.t(`library.${read}`, { name }));
      return;
    }
    const ids = await importTransfer(read, name);
    if (ids === null) return;
    await Promise.all([loadConversations(), loadFolders()]);
    showToast(i18next.t('library.imported', { count: ids.length }), {
      label: i18next.t('common.undo'),
      run: () => void deleteConversations(ids),
    });
    if (ids.length === 1 && ids[0]) await openConversation(ids[0]);
  } catch (error) {
    showError(errorInfo(error));
  }
}

type Refusal = 'importNotJson' | 'importOther' | 'importNewer' | 'importDamaged' | 'importEmpty';

/** The file's content, or what is wrong with it. */
async function readTransfer(text: string): Promise<TransferFile | Refusal> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return 'importNotJson';
  }
  if (typeof content !== 'object' || content === null || !('format' in content)) return 'importOther';
  if (content.format !== TRANSFER_FORMAT) return 'importOther';
  if ('version' in content && typeof content.version === 'number' && content.version > TRANSFER_VERSION)
    return 'importNewer';
  // The schemas are read when they are needed: nothing else on the page is.
  const { TransferFileSchema } = await import('../../../electron/contract/transfer');
  const parsed = TransferFileSchema.safeParse(content);
  if (!parsed.success) return 'importDamaged';
  return parsed.data.conversations.length === 0 ? 'importEmpty' : parsed.data;
}

/** Every conversation or none; returns their ids here, null where the user stopped it. */
async function importTransfer(
  { conversations, files }: TransferFile,
  name: string,
): Promise<readonly string[] | null> {
  const stop = new AbortController();
  const progress = showProgress(i18next.t('library.importing', { name }), {
    label: i18next.t('common.cancel'),
    run: () => stop.abort(),
  });
  const id = crypto.randomUUID();
  try {
    const kept = new Map<string, Attachment>();
    for (const [sha256, base64] of Object.entries(files)) {
      const { attachment } = findAttachment(conversations, sha256);
      // A file that no message names is nobody's.
      if (attachment) kept.set(sha256, await uploadFile(toBlob(base64), attachment.name));
      if (stop.signal.aborted) return null;
    }
    let sent = 0;
    const total = conversations.reduce((sum, { messages }) => sum + messages.length, 0);
    for (const batch of toBatches(id, withKept(conversations, kept))) {
      const ids = await bridge().request('conversations.import', batch);
      if (batch.last) return ids;
      if (stop.signal.aborted) {
        await bridge().request('conversations.cancelImport', id);
        return null;
      }
      for (const { messages } of batch.conversations) sent += messages.length;
      progress.update(sent / total);
    }
    return [];
  } catch (error) {
    // Where the app itself gave up there is nothing left to cancel, and where it is gone it will tidy up when it starts.
    await bridge()
      .request('conversations.cancelImport', id)
      .catch(() => {});
    throw error;
  } finally {
    progress.end();
  }
}

/** A file that another program wrote may be kept in another form (an MP3 as WAV): messages name what is kept. */
export function withKept(
  conversations: readonly ExportedConversation[],
  kept: ReadonlyMap<string, Attachment>,
): readonly ExportedConversation[] {
  const changed = [...kept].filter(([sha256, attachment]) => attachment.sha256 !== sha256);
  if (changed.length === 0) return conversations;
  const forms = new Map(changed);
  const keep = (attachment: Attachment): Attachment => {
    const form = forms.get(attachment.sha256);
    return form ? { ...attachment, ...form, name: attachment.name } : attachment;
  };
  return conversations.map((conversation) => ({
    ...conversation,
    messages: conversation.messages.map((message) =>
      message.role === 'user' ? { ...message, attachments: message.attachments.map(keep) } : message,
    ),
  }));
}

function findAttachment(conversations: readonly ExportedConversation[], sha256: string) {
  for (const { messages } of conversations)
    for (const message of messages)
      for (const attachment of filesOf(message)) if (attachment.sha256 === sha256) return { attachment };
  return { attachment: undefined };
}

/** In the file's order. A conversation that is too long for one goes on in the next. */
export function* toBatches(
  id: string,
  conversations: readonly ExportedConversation[],
): Generator<ImportBatch> {
  let batch: ImportBatch['conversations'][number][] = [];
  let size = 0;
  for (const { messages, ...conversation } of conversations) {
    let part: ExportedConversation['messages'][number][] = [];
    batch.push({ ...conversation, messages: part });
    size += JSON.stringify(conversation).length;
    for (const message of messages) {
      const length = JSON.stringify(message).length;
      if (size > 0 && size + length > BATCH_CHARACTERS) {
        yield { id, conversations: batch, last: false };
        part = [];
        batch = [{ ...conversation, messages: part, continued: true }];
        size = 0;
      }
      part.push(message);
      size += length;
    }
  }
  yield { id, conversations: batch, last: true };
}

function toBlob(base64: string): Blob {
  return new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
}
