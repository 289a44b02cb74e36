import { create } from 'zustand';

export interface ViewedImage {
  readonly url: string;
  readonly name: string;
}

interface ViewerState {
  readonly images: readonly ViewedImage[];
  /** Null while nothing is shown. */
  readonly index: number | null;
}

/** The images in full view. */
export const useViewer = create<ViewerState>(() => ({ images: [], index: null }));

export function viewImages(images: readonly ViewedImage[], index: number): void {
  useViewer.setState({ images, index });
}

export function closeViewer(): void {
  useViewer.setState({ index: null });
}
