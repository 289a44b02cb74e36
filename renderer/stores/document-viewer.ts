import { create } from 'zustand';
import type { Attachment } from '../../electron/contract/conversations';
import type { PassageRange } from '../../electron/contract/documents';

export interface ViewedDocument {
  readonly sha256: string;
  readonly name: string;
  /** What the model was shown of it; empty where that is all, or nobody has asked yet. */
  readonly used: readonly PassageRange[];
}

interface State {
  readonly document: ViewedDocument | null;
}

/** The document whose text is shown. */
export const useDocumentViewer = create<State>(() => ({ document: null }));

export function viewDocument(
  { sha256, name }: Pick<Attachment, 'sha256' | 'name'>,
  used: readonly PassageRange[] = [],
): void {
  useDocumentViewer.setState({ document: { sha256, name, used } });
}

export function closeDocument(): void {
  useDocumentViewer.setState({ document: null });
}
