import { bridge } from '../bridge/bridge';
import { isQuickAsk } from '../features/quick-ask/route';
import { followLink, takeOpenedImages } from '../features/shortcuts/links';
import { canRun, runAction } from '../features/shortcuts/run';
import { readSpokenAnswer } from '../features/voice/read-aloud';
import { errorInfo } from '../lib/errors';
import {
  addressedConversation,
  fetchConversation,
  newConversation,
  openConversation,
  putChatMessages,
  useChat,
} from './chat';
import { loadConnectionStatuses, useConnections } from './connections';
import { applySummary, loadConversations, removeSummaries, useConversations } from './conversations';
import { forgetDrafts } from './drafts';
import { loadEngine, loadUsual, useEngine } from './engine';
import { loadFolders, useFolders } from './folders';
import { attachTurn, forgetAllTurns, receiveTurnEvent, setLiveHooks } from './live';
import { modelsChanged, tasksChanged } from './models';
import { loadSettings, useSettings } from './settings';
import { loadShell, useShell } from './shell';
import { showError } from './toasts';
import { loadTools, useTools } from './tools';
import { useUi } from './ui';

/** Everything the app says without being asked goes to the store it belongs to. */
export function listen(): void {
  const app = bridge();
  setLiveHooks({
    needsAttach: (conversationId) => void attachAgain(conversationId),
    finished: ({ message }) => {
      putChatMessages([message]);
      readSpokenAnswer(message);
    },
  });
  app.on('turn.event', (event) => {
    receiveTurnEvent(event);
    if (event.type !== 'started') return;
    void fetchIfUnknown(event.conversationId, event.messageId);
    const answer = useChat.getState().tree.byId[event.messageId];
    if (event.documents && answer?.role === 'assistant') {
      putChatMessages([{ ...answer, documents: event.documents }]);
    }
  });
  app.on('conversation.changed', applySummary);
  app.on('conversation.removed', ({ id }) => {
    removeSummaries([id]);
    if (useChat.getState().conversationId === id) newConversation();
  });
  app.on('conversations.changed', () => void loadConversations().then(leaveIfGone, reportError));
  app.on('folders.changed', (list) => useFolders.setState({ list }));
  app.on('engine.status', (status) => {
    useEngine.setState({ status });
  });
  app.on('models.tasks', tasksChanged);
  app.on('models.changed', modelsChanged);
  app.on('settings.changed', (settings) => {
    const { modelId } = useSettings.getState();
    useSettings.setState(settings, true);
    if (settings.modelId !== modelId) void loadUsual().catch(reportError);
  });
  app.on('tools.changed', (statuses) => useTools.setState({ statuses }));
  app.on('connections.changed', (statuses) => useConnections.setState({ statuses }));
  app.on('app.command', (command) => {
    if (canRun(command)) runAction(command);
  });
  app.on('app.link', followLink);
  app.on('app.images', takeOpenedImages);
  app.on('server.status', (server) => useShell.setState({ server }));
  app.on('shell.status', (shell) => useShell.setState({ shell }));
  app.on('data.deleted', beginAgain);
  app.onConnection((connection) => {
    const wasLost = useUi.getState().connection === 'lost';
    useUi.setState({ connection });
    if (connection === 'open' && wasLost) void catchUp();
  });
  addEventListener('popstate', followAddress);
}

export async function loadAll(): Promise<void> {
  await Promise.all([
    loadSettings(),
    loadConversations(),
    loadFolders(),
    loadEngine(),
    loadShell(),
    loadTools(),
    loadConnectionStatuses(),
    followAddress(),
  ]);
}

/** Everything was deleted: what the page itself remembers goes as well. */
function beginAgain(): void {
  forgetDrafts();
  localStorage.clear();
  sessionStorage.clear();
  if (!isQuickAsk) history.replaceState(null, '', '#/');
  location.reload();
}

/** Many were deleted at once, perhaps in another window, and the one in view among them. */
function leaveIfGone(): void {
  const { conversationId } = useChat.getState();
  const known = useConversations.getState().list?.some(({ id }) => id === conversationId);
  if (conversationId !== null && known === false) newConversation();
}

function reportError(error: unknown): void {
  showError(errorInfo(error));
}

async function followAddress(): Promise<void> {
  const id = addressedConversation();
  if (id === null) newConversation();
  else await openConversation(id);
}

/** After the host was away: what changed meanwhile is asked for again and running turns are attached. */
async function catchUp(): Promise<void> {
  forgetAllTurns();
  const { conversationId } = useChat.getState();
  try {
    await Promise.all([
      loadSettings(),
      loadConversations(),
      loadFolders(),
      loadEngine(),
      loadShell(),
      loadTools(),
      loadConnectionStatuses(),
      conversationId === null ? undefined : fetchConversation(conversationId),
    ]);
  } catch (error) {
    // `unavailable` means that it was lost again; the banner says so already.
    const info = errorInfo(error);
    if (info.code !== 'unavailable') showError(info);
  }
}

async function attachAgain(conversationId: string): Promise<void> {
  try {
    const snapshot = await bridge().request('turns.attach', conversationId);
    if (snapshot) attachTurn(snapshot);
  } catch (error) {
    showError(errorInfo(error));
  }
}

/** Another window sent something in the conversation this one shows. */
async function fetchIfUnknown(conversationId: string, messageId: string): Promise<void> {
  // The answer to this window's own `turns.start` may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 250));
  const { conversationId: inView, tree } = useChat.getState();
  if (inView === conversationId && !tree.byId[messageId]) await fetchConversation(conversationId);
}
