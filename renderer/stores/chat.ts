import { create } from 'zustand';
import type {
  Conversation,
  ConversationOptions,
  Message,
  StartedTurn,
} from '../../electron/contract/conversations';
import type { ErrorInfo } from '../../electron/contract/errors';
import { bridge } from '../bridge/bridge';
import { isQuickAsk } from '../features/quick-ask/route';
import { errorInfo } from '../lib/errors';
import { buildTree, emptyTree, type MessageTree, pathTo, putMessages } from '../lib/tree';
import { attachTurn, beginTurn } from './live';
import { showError } from './toasts';

/** The conversation in view. */
export interface ChatState {
  /** Null while it has not begun. */
  readonly conversationId: string | null;
  readonly status: 'ready' | 'loading' | 'failed';
  readonly error: ErrorInfo | null;
  readonly options: ConversationOptions;
  readonly tree: MessageTree;
  readonly leafId: string | null;
  /** The branch in view, first message first. */
  readonly path: readonly string[];
  /** A message to scroll to once it is drawn: where a search hit lies. */
  readonly focusId: string | null;
  /** The user's message being edited. */
  readonly editingId: string | null;
}

const blank: ChatState = {
  conversationId: null,
  status: 'ready',
  error: null,
  options: {},
  tree: emptyTree,
  leafId: null,
  path: [],
  focusId: null,
  editingId: null,
};

export const useChat = create<ChatState>(() => blank);

export function newConversation(): void {
  useChat.setState(blank, true);
  setAddress(null);
}

/** Ids are the app's, but the address is anybody's: it is only ever used as an id to ask for. */
export function addressedConversation(): string | null {
  const match = /^#\/c\/([^/]+)$/.exec(location.hash);
  return match?.[1] ? decodeURIComponent(match[1]) : null;
}

function setAddress(id: string | null): void {
  // The quick-ask window is a page of its own, whatever it shows.
  if (isQuickAsk) return;
  const hash = id === null ? '#/' : `#/c/${encodeURIComponent(id)}`;
  if (location.hash !== hash) history.pushState(null, '', hash);
}

export async function openConversation(id: string, focusId: string | null = null): Promise<void> {
  const { conversationId, status } = useChat.getState();
  if (conversationId === id && status === 'ready') {
    if (focusId) await focusMessage(focusId);
    return;
  }
  useChat.setState({ ...blank, conversationId: id, status: 'loading' }, true);
  setAddress(id);
  await fetchConversation(id);
  if (focusId && useChat.getState().conversationId === id) await focusMessage(focusId);
}

/** Asks for the conversation and its turn in progress; called again when the host was away. */
export async function fetchConversation(id: string): Promise<void> {
  const app = bridge();
  const inView = () => useChat.getState().conversationId === id;
  try {
    // The turn first, so that the message is drawn with its live text from its first frame. Each answer is taken up the moment it
    // comes: a turn that ends between the two has then ended in both.
    await Promise.all([
      app.request('turns.attach', id).then((snapshot) => snapshot && inView() && attachTurn(snapshot)),
      app.request('conversations.get', id).then((found) => inView() && showConversation(found)),
    ]);
  } catch (error) {
    if (inView()) useChat.setState({ status: 'failed', error: errorInfo(error) });
  }
}

export function showConversation(conversation: Conversation): void {
  const tree = buildTree(conversation.messages);
  useChat.setState({
    conversationId: conversation.id,
    status: 'ready',
    error: null,
    options: conversation.options,
    tree,
    leafId: conversation.leafId,
    path: pathTo(tree, conversation.leafId),
  });
}

export function putChatMessages(messages: readonly Message[]): void {
  useChat.setState((state) => {
    const ours = messages.filter(({ conversationId }) => conversationId === state.conversationId);
    if (ours.length === 0) return state;
    const tree = putMessages(state.tree, ours);
    return { tree };
  });
}

function setLeaf(leafId: string): void {
  useChat.setState(({ tree }) => ({ leafId, path: pathTo(tree, leafId) }));
}

/** Takes up a turn this window started. `from` is the conversation it was started in. */
export function takeUpTurn(from: string | null, started: StartedTurn): void {
  const answer = started.messages.find(({ role }) => role === 'assistant');
  const inView = useChat.getState().conversationId === from;
  if (answer?.role === 'assistant') {
    beginTurn(
      { ...started, messageId: answer.id },
      {
        reasoning: answer.reasoning,
        text: answer.text,
        toolCalls: answer.toolCalls ?? [],
        reasoningTokens: answer.stats?.reasoningTokens ?? 0,
      },
    );
  }
  if (!inView) return;
  if (from === null) {
    useChat.setState({ conversationId: started.conversationId });
    setAddress(started.conversationId);
  }
  putChatMessages(started.messages);
  if (answer) setLeaf(answer.id);
}

async function focusMessage(id: string): Promise<void> {
  const { conversationId, path, tree } = useChat.getState();
  if (conversationId && !path.includes(id) && tree.byId[id]) await selectBranch(id);
  useChat.setState({ focusId: id });
}

/** Shows the branch through a message: at once the newest below it, then what the app last had in view there. */
export async function selectBranch(messageId: string): Promise<void> {
  const { conversationId } = useChat.getState();
  if (!conversationId) return;
  try {
    const conversation = await bridge().request('conversations.selectBranch', conversationId, messageId);
    if (useChat.getState().conversationId !== conversationId) return;
    useChat.setState(({ tree }) => {
      // Messages that have not changed keep their identity, so that only what differs is drawn again.
      const known = conversation.messages.filter(({ id }) => !tree.byId[id]);
      const next = known.length > 0 ? putMessages(tree, known) : tree;
      return { tree: next, leafId: conversation.leafId, path: pathTo(next, conversation.leafId) };
    });
  } catch (error) {
    showError(errorInfo(error));
  }
}
