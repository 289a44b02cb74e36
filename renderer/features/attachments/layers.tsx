import { lazy, Suspense } from 'react';
import { useDocumentViewer } from '../../stores/document-viewer';
import { useViewer } from '../../stores/viewer';
import { DropTarget } from './drop-target';

const Viewer = lazy(() => import('./viewer'));
const DocumentViewer = lazy(() => import('../documents/document-viewer'));

/** What attachments lay over the conversation. */
export function AttachmentLayers() {
  const open = useViewer((state) => state.index !== null);
  const reading = useDocumentViewer((state) => state.document !== null);
  return (
    <>
      <DropTarget />
      <Suspense>{open && <Viewer />}</Suspense>
      <Suspense>{reading && <DocumentViewer />}</Suspense>
    </>
  );
}
