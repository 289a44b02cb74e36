import type { ModelInfo } from '../../electron/contract/manifest';
import { bridge } from '../bridge/bridge';
import { useChat } from './chat';
import { changeConversation } from './conversations';
import { currentManifest, loadModel, useEngine } from './engine';

/** The model that will answer the conversation in view: its own while that is installed, else the usual one. */
export function useConversationModel(): ModelInfo | undefined {
  const own = useChat((state) => state.options.modelId);
  return useEngine((state) => {
    const find = (id: string | null | undefined) => state.models.find((manifest) => manifest.id === id);
    return find(own) ?? find(state.usual) ?? currentManifest(state);
  });
}

/** The conversation's own choice where that is not installed any more; else null. */
export function useMissingModel(): string | null {
  const own = useChat((state) => state.options.modelId);
  return useEngine(({ models }) =>
    // Before the list has come nothing is known to be missing.
    own !== undefined && models.length > 0 && !models.some(({ id }) => id === own) ? own : null,
  );
}

/**
 * Null: the usual one. A choice becomes the usual one of conversations to come where the one in view has not begun, and where the
 * usual one cannot be loaded: nobody wants to meet it again.
 */
export function chooseModel(id: string | null): void {
  const { conversationId, options } = useChat.getState();
  const { modelId: _, ...rest } = options;
  const next = id === null ? rest : { ...rest, modelId: id };
  useChat.setState({ options: next });
  const wanted = id ?? useEngine.getState().usual;
  if (conversationId !== null) void changeConversation(conversationId, { options: next });
  const { status, usual } = useEngine.getState();
  const usualFailed = status.state === 'failed' && status.modelId === usual;
  if (id !== null && (conversationId === null || usualFailed)) {
    void loadModel(id);
    return;
  }
  // Whoever chooses a model is about to ask it something. If it cannot be loaded, its state says why.
  if (wanted !== null)
    void bridge()
      .request('models.prepare', wanted)
      .catch(() => {});
}
