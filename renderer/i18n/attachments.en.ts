/** Images and other files in a conversation. */
export const attachments = {
  label: 'Images',
  add: 'Add images or files',
  pick: 'Choose files…',
  capture: 'Capture a screen or window…',
  captureDenied:
    'The system does not let AutoGLM see the screen. Allow screen recording for it in the system’s privacy settings, then try again.',
  screenshot: 'Screen',
  unnamed: 'file',
  drop: 'Drop to ask about it',
  dropHelp: 'Images, documents, audio and video. Nothing leaves this computer.',
  dropHelpElsewhere: 'Images, documents, audio and video.',
  dropConversation: 'Drop to open it here',
  dropQuotation: 'Drop to quote it',
  view: 'View {{name}}, {{position}}',
  position: '{{index}} of {{count}}',
  moved: 'Moved to place {{index}} of {{count}}',
  moveHint: 'Alt with ← or → moves it, Delete removes it.',
  remove: 'Remove {{name}}',
  lost: 'No longer there',
  blind: '{{model}} reads text only and cannot see images. Yours stay here until another model is loaded.',
  blindConversation: '{{model}} reads text only and cannot see the images of this conversation.',
  noneSees: 'None of the installed models can.',
  chooseModel: 'Choose another model',
  videoHelp: 'The model looks at single images: choose moments of the video to send.',
  chooseFrames: 'Choose moments…',
  framesTitle: 'Images from the video',
  moment: 'Moment',
  takeFrame: 'Keep this moment',
  frames: 'Chosen moments',
  noFrames: 'Move to a moment and keep it, as many as you need.',
  addFrames_one: 'Add {{count}} image',
  addFrames_other: 'Add {{count}} images',
  unplayable: 'This video’s format cannot be played here, so no images can be taken from it.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Fit to the window',
  save: 'Save the image',
  previous: 'Previous image',
  next: 'Next image',
  /** Not plurals: Chinese has none, and names a single file all the same. */
  refused: {
    unsupported:
      '{{name}} was not added: AutoGLM takes images (PNG, JPEG, WebP, GIF, AVIF, BMP, SVG), documents (PDF, DOCX, text of any kind), audio and video.',
    damaged: '{{name}} is damaged or incomplete and was not added.',
    empty: '{{name}} is empty and was not added.',
    'too-large': '{{name}} was not added: a file may have {{megabytes}} MB at most.',
    'too-complex':
      '{{name}} takes too much time or memory to read and was not added. Save it in a simpler form: a picture as PNG, a document as text.',
    'too-many-pixels': '{{name}} was not added: an image may have {{megapixels}} megapixels at most.',
    encrypted: '{{name}} is protected by a password and was not added. Save it without one.',
    'no-text':
      '{{name}} holds no text and was not added. If it is scanned, add pictures of its pages, for a model that sees pictures.',
    'too-much-text':
      '{{name}} holds more text than AutoGLM takes and was not added. Split it, and add the part you need.',
    unreadable: '{{name}} could not be read. Folders cannot be added, only files.',
    'too-many': 'A message takes {{images}} files; one was left out.',
  },
  refusedMany: {
    unsupported:
      '{{count}} files were not added: AutoGLM takes images (PNG, JPEG, WebP, GIF, AVIF, BMP, SVG), documents (PDF, DOCX, text of any kind), audio and video.',
    damaged: '{{count}} files are damaged or incomplete and were not added.',
    empty: '{{count}} files are empty and were not added.',
    'too-large': '{{count}} files were not added: a file may have {{megabytes}} MB at most.',
    'too-complex':
      '{{count}} files take too much time or memory to read and were not added. Save them in a simpler form: pictures as PNG, documents as text.',
    'too-many-pixels': '{{count}} files were not added: an image may have {{megapixels}} megapixels at most.',
    encrypted: '{{count}} files are protected by passwords and were not added. Save them without.',
    'no-text':
      '{{count}} files hold no text and were not added. If they are scanned, add pictures of their pages, for a model that sees pictures.',
    'too-much-text':
      '{{count}} files hold more text than AutoGLM takes and were not added. Split them, and add the parts you need.',
    unreadable: '{{count}} items could not be read. Folders cannot be added, only files.',
    'too-many': 'A message takes {{images}} files; {{count}} were left out.',
  },
} as const;
