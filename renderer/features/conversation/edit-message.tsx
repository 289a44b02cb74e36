import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserMessage } from '../../../electron/contract/conversations';
import { useChat } from '../../stores/chat';
import { resend } from '../../stores/turns';
import { Button } from '../../ui/button';
import { MessageImages } from '../attachments/message-images';
import { isSendKey } from '../composer/send-key';
import { MessageClips } from '../voice/message-clips';

const MessageDocuments = lazy(() => import('../documents/message-documents'));

export function EditMessage({ message }: { readonly message: UserMessage }) {
  const { t } = useTranslation();
  const [text, setText] = useState(message.text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(message.text.length, message.text.length);
  }, [message.text]);
  const cancel = () => useChat.setState({ editingId: null });
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      cancel();
    } else if (isSendKey(event)) {
      event.preventDefault();
      void resend(message.id, text);
    }
  };
  return (
    <article
      aria-label={t('conversation.you')}
      className="ms-auto flex w-full max-w-[90%] flex-col gap-2 rounded-2xl border border-line bg-raise p-3 shadow-card focus-within:border-line-strong"
    >
      <MessageImages attachments={message.attachments} />
      <Suspense>
        {message.attachments.some(({ kind }) => kind === 'document') && (
          <MessageDocuments message={message} />
        )}
      </Suspense>
      <MessageClips attachments={message.attachments} />
      <textarea
        ref={field}
        value={text}
        dir="auto"
        aria-label={t('message.editLabel')}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-80 min-h-12 w-full resize-none bg-transparent px-1.5 outline-none"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="me-auto ps-1.5 text-xs text-faint">{t('message.editHint')}</span>
        <Button look="quiet" onClick={cancel}>
          {t('common.cancel')}
        </Button>
        <Button
          look="primary"
          disabled={text.trim() === '' && message.attachments.length === 0}
          onClick={() => void resend(message.id, text)}
        >
          {t('message.sendEdited')}
        </Button>
      </div>
    </article>
  );
}
