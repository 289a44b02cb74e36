import { type AppCore, repeat } from '../core';
import type { DrawForEngine } from '../engine-client/engine-connection';
import { SoundIntake } from '../sound/intake';
import { SoundDesk } from '../sound/sound-desk';
import { AttachmentStore } from './attachments';
import { DocumentTool } from './document-tool';
import { drawForEngine } from './engine-drawings';

const HOUR_MS = 3_600_000;

/** The files of conversations, and what reads them: documents and SVG in a process, sound in a thread of their own. */
export function openAttachments({ options, paths, database, log }: AppCore) {
  const documentTool = new DocumentTool({ spawn: options.spawnDocumentTool ?? null });
  const attachments = new AttachmentStore(paths, database, log, documentTool);
  const intake = new SoundIntake({ entry: options.soundWorker ?? null });
  const sounds = new SoundDesk({ store: attachments, intake, folder: paths.attachments });
  const draw: DrawForEngine = (what, request) =>
    drawForEngine(documentTool, paths.attachments, what, request);
  // What clients of the API sent is many gigabytes a day, on a machine that is not restarted for weeks.
  const stopSweeping = repeat(() => attachments.sweep(), HOUR_MS);
  const close = () => {
    stopSweeping();
    intake.close();
    documentTool.close();
  };
  return { attachments, documentTool, sounds, draw, close };
}
