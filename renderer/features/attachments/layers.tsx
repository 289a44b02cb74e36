import { lazy, Suspense } from 'react';
import { useViewer } from '../../stores/viewer';
import { DropTarget } from './drop-target';

const Viewer = lazy(() => import('./viewer'));

/** What attachments lay over the conversation. */
export function AttachmentLayers() {
  const open = useViewer((state) => state.index !== null);
  return (
    <>
      <DropTarget />
      <Suspense>{open && <Viewer />}</Suspense>
    </>
  );
}
