import { Copy, Pencil, Trash2 } from 'lucide-react';
import { lazy, memo, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment, UserMessage } from '../../../electron/contract/conversations';
import { useCopy } from '../../lib/use-copy';
import { useChat } from '../../stores/chat';
import { useRunning } from '../../stores/live';
import { deleteMessage, regenerate } from '../../stores/turns';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { MessageImages } from '../attachments/message-images';
import { MessageClips } from '../voice/message-clips';
import { BranchSwitcher } from './branch-switcher';
import { EditMessage } from './edit-message';

const MessageDocuments = lazy(() => import('../documents/message-documents'));
const isDocument = ({ kind }: Attachment) => kind === 'document';

/** Longer messages are folded, so that a pasted file does not bury the conversation. */
const FOLD_AT = 1500;
const FOLD_LINES = 16;

export const UserMessageView = memo(function UserMessageView({ message }: { readonly message: UserMessage }) {
  const { t } = useTranslation();
  const editing = useChat((state) => state.editingId === message.id);
  const unanswered = useChat((state) => state.leafId === message.id);
  const busy = useRunning((state) => message.conversationId in state.byConversation);
  const [copied, copy] = useCopy();
  if (editing) return <EditMessage message={message} />;
  return (
    <article aria-label={t('conversation.you')} className="group relative flex flex-col items-end">
      <MessageImages attachments={message.attachments} />
      <Suspense>{message.attachments.some(isDocument) && <MessageDocuments message={message} />}</Suspense>
      <MessageClips attachments={message.attachments} />
      {message.text && (
        <div className="max-w-[80%] min-w-0 rounded-2xl rounded-ee-sm bg-soft px-3.5 py-2">
          <FoldedText text={message.text} />
        </div>
      )}
      <div className="absolute end-0 top-full z-1 flex h-7 items-center">
        <div className="flex opacity-0 transition-opacity duration-100 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton
            size="sm"
            label={copied ? t('common.copied') : t('message.copy')}
            onClick={() => copy(message.text)}
          >
            <Copy size={15} aria-hidden />
          </IconButton>
          {!busy && (
            <IconButton
              size="sm"
              label={t('message.edit')}
              onClick={() => useChat.setState({ editingId: message.id })}
            >
              <Pencil size={15} aria-hidden />
            </IconButton>
          )}
          {!busy && (
            <IconButton size="sm" label={t('message.delete')} onClick={() => void deleteMessage(message.id)}>
              <Trash2 size={15} aria-hidden />
            </IconButton>
          )}
        </div>
        <BranchSwitcher messageId={message.id} />
      </div>
      {unanswered && !busy && (
        <div className="mt-8 flex items-center gap-2 self-start text-sm text-mute">
          {t('message.unanswered')}
          <Button size="sm" onClick={() => void regenerate(message.id)}>
            {t('message.answer')}
          </Button>
        </div>
      )}
    </article>
  );
});

function FoldedText({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const head = foldedHead(text);
  if (head === null) {
    return (
      <div dir="auto" className="wrap-anywhere whitespace-pre-wrap">
        {text}
      </div>
    );
  }
  return (
    <>
      <div dir="auto" className="wrap-anywhere whitespace-pre-wrap">
        {open ? <Chunks text={text} /> : `${head}${text[head.length] === '\n' ? '\n' : ''}…`}
      </div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="mt-1 text-sm text-accent hover:underline"
      >
        {open ? t('message.showLess') : t('message.showAll')}
      </button>
    </>
  );
}

/** Five megabytes at once would hold up the page: pieces out of view are not laid out. */
function Chunks({ text }: { readonly text: string }) {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += 20_000) pieces.push(text.slice(at, at + 20_000));
  return pieces.map((piece, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sent text never move.
      key={index}
      className="block [contain-intrinsic-size:auto_4000px] [content-visibility:auto]"
    >
      {piece}
    </span>
  ));
}

function foldedHead(text: string): string | null {
  let end = -1;
  for (let line = 0; line < FOLD_LINES; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > FOLD_AT) break;
  }
  if (end < 0) return text.length > FOLD_AT ? text.slice(0, FOLD_AT) : null;
  return text.slice(0, Math.min(end, FOLD_AT));
}
