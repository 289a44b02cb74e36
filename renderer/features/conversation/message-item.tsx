import { memo } from 'react';
import { useChat } from '../../stores/chat';
import { AssistantMessageView } from './assistant-message';
import { ContextLine, ContextMark } from './context-marks';
import { UserMessageView } from './user-message';

/** One message by its id, so that a change to one message draws one message. */
export const MessageItem = memo(function MessageItem({
  id,
  last,
}: {
  readonly id: string;
  readonly last: boolean;
}) {
  const message = useChat((state) => state.tree.byId[id]);
  if (!message) return null;
  return (
    <div data-message={id} className={last ? '' : 'pb-(--turn-gap)'}>
      <ContextLine id={id} />
      {message.role === 'user' && <ContextMark id={id} />}
      {message.role === 'user' ? (
        <UserMessageView message={message} />
      ) : (
        <AssistantMessageView message={message} last={last} />
      )}
    </div>
  );
});
