import type { ErrorKind } from '../../electron/contract/error-kinds';

/** What each kind of failure says: what happened, why, what to do. */
export const errorKinds = {
  'conversation-gone': 'This conversation no longer exists. It may have been deleted in another window.',
  'conversation-in-bin': 'This conversation lies in the bin. Restore it first.',
  'conversation-title-empty': 'A conversation needs a name. Enter at least one character.',
  'conversation-busy': 'This conversation is still being answered. Wait for the answer, or stop it first.',
  'folder-gone': 'This folder no longer exists. Choose another one.',
  'folder-name-empty': 'A folder needs a name. Enter at least one character.',
  'message-gone': 'This message is not part of the conversation any more. Open the conversation again.',
  'message-empty': 'There is nothing to send. Write a message first.',
  'message-order': 'A message can only follow an answer. Open the conversation again.',
  'question-gone': 'The question of this answer is missing. Send it again.',
  'answer-complete': 'This answer is complete. Ask for another one instead.',
  'not-an-answer': 'Only an answer can be written again or continued.',
  'attachment-gone': 'The file {{name}} is no longer there. Add it again.',
  'attachment-refused': 'The file {{name}} cannot be read. Choose another.',
  'sound-too-long': 'The sound {{name}} is longer than {{limitSeconds}}. Cut it, and add the part you need.',
  'sound-too-large': 'The sound {{name}} is larger than {{megabytes}} MB. Cut it, or save it as MP3.',
  'sound-undecodable':
    'The sound {{name}} cannot be read: it is damaged, or of a coding that is not read here. Save it as MP3, FLAC, Ogg or WAV.',
  'documents-unread': 'Documents cannot be read here.',
  'document-reader-missing':
    'The part of the app that reads documents and drawings is missing or cannot be started. Install the app again.',
  'documents-unsearched': 'The documents could not be searched, as the process for it ended. Try again.',
  'attachment-unsaved': 'The file could not be kept ({{system}}). Check the permissions of the data folder.',
  'recording-gone': 'The recording is no longer there. Record it again.',
  'request-too-large': 'This is larger than the app accepts at once ({{megabytes}} MB). Send less of it.',
  'request-invalid':
    'The app did not accept this: “{{field}}” is not valid. Reload the page; if it happens again, report it.',
  'connection-lost': 'The connection to AutoGLM was lost. It connects again by itself; then try again.',
  'app-closing': 'The app is closing. Start it again to go on.',
  'not-in-browser': 'This can be done only in the app’s own window, not in a browser.',
  'stranger-window': 'Only the app’s own window may use the app.',
  'microphone-settings': 'This system has no settings page for the microphone. Look into its sound settings.',
  'folder-unopened': 'The folder {{folder}} could not be opened.',
  'settings-unread': 'The settings {{path}} could not be read. Check the file’s permissions.',
  'settings-unsaved': 'The settings could not be saved to {{path}}. Check the folder’s permissions.',
  'settings-disk-full':
    'The disk is full, so the settings could not be saved. Free some space and try again.',
  'attachment-disk-full': 'The disk is full, so the file could not be kept. Free some space and try again.',
  'data-folder-unmade':
    'The data folder {{folder}} could not be made ({{system}}). Check its permissions, or set AUTOGLM_HOME to another folder.',
  'database-set-aside':
    'The conversations were damaged and could not be read. They were kept as {{aside}}, and a new file was begun. Recovery tools for SQLite may still read the old one.',
  'settings-set-aside':
    'The settings were damaged and could not be read. The old file was kept as {{aside}}.',
  'settings-partly-reset':
    'Some settings could not be read and are back at their defaults: {{fields}}. The old file was kept as {{aside}}.',
  'database-newer':
    'The conversations {{path}} were made by a newer version of AutoGLM Desktop. Install that version again, or move the file away to start anew.',
  'database-locked':
    'The conversations {{path}} are in use by another program, perhaps another AutoGLM Desktop. Close that program.',
  'database-unusable':
    'The conversations {{path}} could not be read or written. Check that the folder exists and may be written.',
  'database-disk-full':
    'The disk is full, so the conversation could not be saved to {{path}}. Free some space and try again.',
  'port-taken': 'Port {{port}} is used by another program. Choose another port, or close that program.',
  'model-absent': 'There is no model “{{id}}” on this machine. Choose another one.',
  'model-none-installed':
    'No model is installed. Put a model’s folder into {{folder}}, or install the app again to get the built-in one back.',
  'model-same-id': 'The model in {{folder}} has the same id as another one, {{id}}. Remove one of them.',
  'model-format-newer':
    '{{file}} is of a format that this version does not read. Update the app, or build the model again.',
  'model-description-invalid': '{{file}} is not a valid description of a model. Install the model again.',
  'model-description-unread': '{{file}} could not be read. Install the model again.',
  'model-folder-empty': 'There is no model in {{folder}}: autoglm.json is missing.',
  'model-file-missing': 'The model’s file {{file}} is missing. Install the model again.',
  'model-file-size':
    'The model’s file {{file}} is damaged: it has {{actualBytes}} instead of {{expectedBytes}}. Install the model again.',
  'model-file-checksum':
    'The model’s file {{file}} is damaged: it does not match its checksum. Install the model again.',
  'model-incomplete':
    'The model {{id}} lacks something that this version needs. Install it again, or update the app.',
  'model-family-unknown':
    'Models of the family “{{family}}” are not known to this version. A newer one may know them.',
  'model-operator-missing':
    'The model uses the operator {{operator}}, which this device does not have. Choose another device for it, or convert it anew.',
  'model-too-large':
    '{{model}} needs about {{needed}} with a context of {{context}} tokens, and {{free}} are free. Use a shorter context or a smaller model, or close other programs.',
  'memory-load':
    'The model does not fit into memory. Use a shorter context, a smaller model or a lower precision, or close other programs.',
  'memory-prompt':
    'Reading this took more memory than there is. Shorten it, or load the model with a shorter context.',
  'memory-answer':
    'Writing the answer took more memory than there is. Load the model with a shorter context.',
  'model-deaf': '{{name}} cannot listen. Choose a model that takes speech.',
  'model-reads-no-images': 'This model cannot see images. Choose one that can.',
  'model-hears-no-sound': 'This model cannot hear recordings. Choose one that can, or write them down.',
  'model-reads-no-video': 'This model cannot watch videos. Send single moments of it as images.',
  'model-deleted': 'This model has been deleted for good.',
  'model-built-in': '{{name}} comes with the app and stays.',
  'tokenizer-unusable': 'The tokenizer {{file}} cannot be used. Install the model again.',
  'tokenizer-lacks-token': 'The tokenizer lacks the special token {{token}}. Install the model again.',
  'template-unusable': 'The model’s chat template cannot be read. Install the model again.',
  'template-refuses':
    'The model’s chat template refuses this conversation. Begin a new one, or choose another model.',
  'conversation-too-long':
    'The conversation has {{tokens}} tokens; the model has room for {{limit}}, its answer included. Shorten the message or begin a new conversation.',
  'recording-too-long':
    'The recording lasts {{seconds}}; this model can hear at most {{limitSeconds}}, the rest of the conversation included. Cut it, or write it down first.',
  'message-none': 'There is no message to answer.',
  'image-unreadable':
    'The image cannot be read: it is damaged, empty, or of a kind the app does not know. Save it as PNG or JPEG and try again.',
  'image-too-large': 'The image has more than {{megapixels}} megapixels. Choose a smaller one.',
  'image-too-complex':
    'The image is a drawing that takes too long to draw. Save it as PNG or JPEG and try again.',
  'image-too-narrow': 'The image is {{width}} × {{height}}: too long and narrow for this model. Cut it.',
  'sound-unreadable': 'The recording cannot be read. Convert it to WAV and try again.',
  'language-unknown': 'The recogniser does not know the language “{{language}}”.',
  'recognizer-unusable': 'The package {{id}} cannot recognise speech here. Choose another recogniser.',
  'speech-detector-missing': 'The file that finds speech in sound is missing. Install the app again.',
  'engine-unstartable': 'The engine could not be started. Install the app again if this stays.',
  'engine-ended': 'The engine has ended. Try again in a moment.',
  'engine-died': 'The engine ended unexpectedly. What had been written is kept; try again.',
  'engine-silent': 'The engine ended the answer without a reason. Try again.',
  'no-model-loaded': 'No model is loaded. Choose one first.',
  'runtime-error': 'The model could not be run. Try again; if it happens again, load the model again.',
  'runtime-missing': 'ONNX Runtime is missing or cannot be loaded. Install the app again.',
  'runtime-other-version': 'ONNX Runtime is of a version that the app cannot use. Install the app again.',
  'runtime-restart': 'Another ONNX Runtime is already loaded. Start the app again to use this one.',
  'provider-not-in-build': 'This build of ONNX Runtime has no {{device}}. Choose another device.',
  'provider-none': 'No device was named. Choose one in the settings.',
  'model-no-cuda': 'This model was not built for NVIDIA graphics cards.',
  'gpu-driver-missing': 'There is no NVIDIA driver on this machine.',
  'gpu-none': 'There is no NVIDIA graphics card that can be used.',
  'gpu-unknown': 'The engine has not said yet what graphics cards there are. Try again in a moment.',
  'gpu-number':
    'There is no graphics card number {{deviceId}}: this machine has {{devices}}, counted from 0. Choose another.',
  'gpu-driver-error':
    'The NVIDIA driver reported an error ({{result}}). Restart the computer, or update the driver.',
  'gpu-driver-old':
    'The NVIDIA driver is too old: CUDA 12 needs driver 525 or newer, CUDA 13 driver 580 or newer. Update the driver.',
  'gpu-memory':
    'The graphics card has not enough free memory. Close other programs, or use a shorter context or a smaller model.',
  'gpu-not-built-for':
    'The CUDA libraries were not built for this graphics card: it is older or newer than those they know.',
  'gpu-error': 'The graphics card reported an error (CUDA error {{cuda}}). Load the model again.',
  'cuda-platform': 'CUDA libraries are published for Linux and Windows on x64 alone.',
  'cuda-provider-missing':
    'The CUDA libraries of ONNX Runtime are not installed. Install them on the models page.',
  'cuda-provider-release':
    'The CUDA libraries are of another release than ONNX Runtime itself. Install them again on the models page.',
  'cuda-library-missing':
    'The library {{library}} is missing. Install the CUDA libraries on the models page.',
  'cuda-library-version':
    'The library {{library}} has the wrong version. Install the CUDA libraries again on the models page.',
  'cuda-library-failed':
    'A CUDA library could not be started ({{status}}): its version may not fit the driver or the graphics card.',
  'library-missing': 'The library {{library}} is missing. Install it with your system’s packages.',
  'gpu-driver-library': 'The library {{library}} is missing. Install the NVIDIA driver.',
  'webgpu-none':
    'WebGPU finds no graphics card here. Install the card’s driver (on Linux also its Vulkan library), or choose another device.',
  'webgpu-software':
    'WebGPU finds no graphics card here, only {{renderer}}, which computes on the processor and slowly. Install the card’s driver, or choose another device.',
  'work-busy': '{{name}} is being worked on. Wait until it is done, or stop it.',
  'work-gone': 'This task is gone.',
  'work-unavailable': 'Models cannot be worked on here. Use the command line.',
  'work-died': 'The process that worked on {{name}} ended unexpectedly. Try again.',
  'work-silent': 'Nothing could be found out about {{folder}}. Try again.',
  'work-disk-full': 'The disk is full. Make room and go on; what was done is kept.',
  'disk-space': 'This needs {{needed}} and the disk has {{free}} free. Make room, or choose another place.',
  'folder-missing': 'There is no folder {{folder}}.',
  'folder-forbidden': 'The folder {{folder}} cannot be read: it belongs to somebody else.',
  'folder-is-file': '{{folder}} is a file. Choose the folder that holds the model.',
  'folder-holds-no-model':
    '{{folder}} holds no model: it has neither autoglm.json (a package), genai_config.json (onnxruntime-genai) nor config.json (a checkpoint).',
  'folder-in-use': '{{folder}} is not empty and holds no model. It was left as it is.',
  'checkpoint-not-imported': '{{path}} is a checkpoint: it is converted, not imported.',
  'checkpoint-type':
    'Checkpoints of the type {{type}} cannot be converted. AutoGLM-Phone, GLM-4.1V and Whisper can.',
  'checkpoint-pickled':
    '{{file}} is no safetensors file. Get the checkpoint in safetensors, or save it again with save_pretrained.',
  'checkpoint-file-missing': 'The file {{file}} is missing. Get the model again.',
  'checkpoint-file-damaged': '{{file}} is damaged or not complete. Get the model again.',
  'checkpoint-file-unread': '{{file}} cannot be read. Get the model again.',
  'checkpoint-description': '{{file}} does not describe a model that the app can take.',
  'checkpoint-tensors':
    'The checkpoint does not hold the tensors that its description asks for. Get the model again.',
  'tensor-missing': 'The tensor {{tensor}} is missing from {{file}}. Get the model again.',
  'tensor-values':
    'The tensor {{tensor}} holds values that cannot be stored. Choose another precision, or get the model again.',
  'block-size': 'Even blocks of {{block}} do not divide {{value}}. Choose FP16 instead of INT4 or INT8.',
  'onnx-graph': 'The graph {{file}} is not one of a text model that the app can run.',
  'tokenizer-missing': '{{folder}} has no tokenizer. Get it from where the model comes from.',
  'written-differs': 'What was written is not what is on the disk. Check the disk, then try again.',
  'converted-unloadable': '{{file}} was written but cannot be loaded. Convert the model again.',
  'weights-differ': 'This folder holds weights that were made with other options.',
  'host-unreachable':
    '{{host}} cannot be reached. Check the connection and try again; what was fetched is kept.',
  'host-error': '{{host}} answered with the error {{status}}. Try again later.',
  'host-answer': '{{host}} answered with something else than expected. Try again later.',
  'download-damaged': '{{file}} arrived damaged and was deleted. Try again.',
  'hub-address':
    '“{{address}}” names no model. Give owner/name, as huggingface.co shows it above a model, or the address of its page.',
  'hub-absent':
    '{{host}} has no {{repository}} with the revision {{revision}}. Check the spelling; it may have been renamed or removed.',
  'hub-sign-in':
    '{{host}} has no {{repository}} that may be read without signing in. Check the name, or give an access token.',
  'hub-token-refused':
    '{{host}} does not accept the access token: it has expired, or was taken back. Make a new one there and give it here.',
  'hub-forbidden':
    '{{host}} does not let you read {{repository}}. Accept its terms on its page there, and give an access token that may read it.',
  'hub-busy':
    '{{host}} asks to wait: too many requests came from here. Try again in some minutes; what was fetched is kept.',
  'hub-strange':
    '{{host}} answered with something else than a hub does. A network that wants you to sign in does so, too; else check the address of the hub.',
  'hub-too-many-files': '{{repository}} has more files than any model has.',
  'hub-empty': '{{repository}} is empty. Choose another.',
  'hub-other-onnx':
    '{{repository}} has ONNX graphs, but not of a text model in the layout of onnxruntime-genai or Transformers.js, which can be run.',
  'hub-other-type':
    '{{repository}} is of the type {{type}}, which cannot be converted or run yet. Look for an ONNX export of it.',
  'hub-gguf':
    '{{repository}} is in GGUF, the format of llama.cpp, which this engine does not read. Look for an ONNX export of the same model.',
  'hub-useless':
    '{{repository}} has neither safetensors of a type that can be converted nor an ONNX export that can be run.',
  'hub-variant-gone':
    '{{repository}} is not as it was when you looked at it. Look at it again, and choose anew.',
  'hub-token-open':
    'The connection to {{host}} is not encrypted: whoever listens would have your token. Use its https address.',
  'download-changed': '{{file}} was changed on the hub while it was being fetched. Try again.',
  'download-stalled':
    '{{host}} has sent nothing for {{seconds}}. Check the connection and go on; what was fetched is kept.',
  'folder-unwritable':
    'Nothing can be written to {{folder}}. Give yourself the right to, or name another folder in AUTOGLM_HOME.',
  'proxy-address': 'The proxy that is set is no address: it must be like http://host:port.',
  'proxy-sign-in':
    'The proxy wants you to sign in. Put user and password into its address: http://user:password@host:port.',
  'proxy-refused': 'The proxy did not let the request through to {{host}}. Check its address.',
  'host-certificate':
    '{{host}} could not prove who it is: something between it and this machine changes the connection. Ask whoever runs the network.',
  'library-changed':
    '{{host}} offers another file as {{library}} than the one that is known, so nothing was fetched. Update the app, or look for whoever changes what you download.',
  'libraries-incomplete':
    'What was fetched does not hold the CUDA libraries, so nothing was installed. Try again later.',
  'update-failed': 'Check the connection and try again.',
  'remote-address':
    'This is not an address of a server. It looks like http://gpu-box.local:8000/v1, without a name and password in it.',
  'remote-unknown-host':
    'There is no machine called {{host}} on this network. Check the address, and whether this machine is online.',
  'remote-unreachable':
    '{{host}} cannot be reached. Check that its server runs, and that it listens for other machines.',
  'remote-timeout': '{{host}} did not answer within {{seconds}}. It may be busy or asleep; try again.',
  'remote-tls':
    'The certificate of {{host}} is not trusted ({{reason}}). Have its certificate authority installed in the system, or use an address that has a valid one.',
  'remote-not-tls':
    '{{host}} does not speak HTTPS. Use http:// in its address, if the network in between is yours.',
  'remote-key':
    '{{host}} refused the API key (status {{status}}). Check the key in the settings of this connection.',
  'remote-key-unreadable':
    'The API key of {{name}} cannot be read here, as it was kept by another user or by the app’s own window. Enter it again.',
  'remote-not-openai':
    'What answers at {{host}} does not speak OpenAI’s API. Check the port and the path; most servers have it under /v1.',
  'remote-no-models': '{{host}} answers, but has no models. Load or download one there, then look again.',
  'remote-redirect':
    '{{host}} sends requests on to {{target}}, and nothing is sent there unasked. If that is the right server, enter its address.',
  'remote-busy': '{{host}} has too much to do, or allows no more for now. Try again in {{seconds}}.',
  'remote-quota':
    'The account at {{host}} has no credit left, or its plan does not include this. Look there.',
  'remote-server': '{{host}} failed with status {{status}}. Look at its log, or try again.',
  'remote-said': '{{host}} says: {{reason}}',
  'remote-broken':
    'The connection to {{host}} broke in the middle of the answer. What had come is kept; continue it, or try again.',
  'remote-too-much': '{{host}} sent more than {{megabytes}} MB for one answer, so it was cut off.',
  'remote-filtered': '{{host}} broke this answer off, as its content filter objected. Ask in other words.',
  'remote-model-gone':
    '{{host}} has no model {{model}} any more. Look for its models again, or choose another.',
  'remote-context':
    'The conversation is too long for the model at {{host}}. Begin a new one, or leave out its beginning.',
  'remote-format': 'The engine at {{host}} cannot keep an answer to this form. Ask for JSON instead.',
  'remote-gone': 'This connection is no longer there. Choose another model, or add it again.',
  'tool-server-command': 'The command {{command}} was not found. Install it, or give its whole path.',
  'tool-server-ended': '{{name}} ended. Its output may say why; check its command, then start it again.',
  'tool-server-silent': '{{name}} did not answer within {{seconds}}. Try again, or look at its output.',
  'tool-server-garbage':
    '{{name}} answered something that is not MCP. Check its command or address, and its version.',
  'tool-server-too-much':
    '{{name}} sent more than {{megabytes}} MB at once and was ended. Ask for less, or look at what it does.',
  'tool-server-unreachable': '{{name}} cannot be reached. Check that it runs, and its address.',
  'tool-server-key':
    '{{name}} asks for a key (error {{status}}). Add it as a header, for example Authorization with the value Bearer and your key.',
  'tool-server-refused': '{{name}} answered with the error {{status}}. Check its address.',
  'tool-server-off': 'The tool’s server is not running. Start it in the settings.',
  'tool-server-said': '{{name}} did not give it: {{reason}}',
  'tool-sign-in': '{{name}} wants you to sign in.',
  'tool-sign-in-refused':
    'The sign-in to {{name}} was refused: {{reason}}. Try again, or ask who runs it for access.',
  'tool-sign-in-late':
    'Nobody signed in to {{name}} within {{minutes}} minutes. Begin again when you are ready.',
  'tool-sign-in-unregistered':
    '{{name}} lets only apps in that its makers registered, and this one is not. Add a key as a header instead, where it has one.',
  'tool-sign-in-failed': 'The sign-in to {{name}} failed: {{reason}}. Try again.',
  'tool-sign-in-insecure':
    '{{name}} sends you to {{host}} to sign in, which is not encrypted, so nothing was opened. Tell who runs it.',
  'tool-sign-in-address':
    'This address is none of this sign-in. Copy the whole address that the browser shows at its end.',
  'tool-process-died': 'The process that speaks with tool servers ended. It is started again by itself.',
  'tools-unavailable': 'Tools cannot be used here.',
  'tool-gone': 'The model called {{name}}, which there is not.',
  'tool-arguments': 'The model wrote arguments that cannot be read, so nothing was called.',
  'tool-too-many': 'Only {{limit}} calls are carried out at once, so this one was not.',
  'tool-cut':
    'The answer reached its longest length before the call was complete. Allow longer answers in the settings.',
  'tool-json': 'This is not valid JSON. Copy the whole document, with its outer braces.',
  'tool-json-empty': 'This JSON holds no servers: there is no mcpServers in it.',
  'tool-entry-invalid':
    '{{name}} has neither a command nor an http(s) address that can be used, so it was left out.',
} as const satisfies Readonly<Record<ErrorKind, string>>;

/** By their codes: what happened, and what to do. */
export const errorTexts = {
  title: {
    'invalid-request': 'That could not be sent',
    'not-found': 'It is no longer there',
    'model-not-found': 'The model is not installed',
    'model-damaged': 'The model’s files are damaged',
    'model-unsupported': 'This model cannot be run',
    'model-not-loaded': 'No model is loaded',
    'no-recognizer': 'Speech cannot be understood yet',
    'context-exceeded': 'Too long for the model',
    'out-of-memory': 'Not enough memory',
    'provider-unavailable': 'The chosen device cannot be used',
    'engine-crashed': 'The engine stopped',
    'engine-failed': 'The model could not answer',
    aborted: 'Stopped',
    interrupted: 'The answer was cut short',
    busy: 'An answer is still being written',
    unavailable: 'AutoGLM cannot be reached',
    database: 'The conversations could not be saved',
    'disk-full': 'The disk is full',
    'tool-failed': 'The tool could not be used',
    'remote-failed': 'The other engine did not answer',
    internal: 'Something went wrong',
  },
  text: {
    'invalid-request': 'The app did not accept this request.',
    'not-found': 'It may have been deleted in another window.',
    'model-not-found': 'Choose another model, or install this one again.',
    'model-damaged': 'A file does not match its checksum. Install the model again.',
    'model-unsupported': 'It needs a newer version of the app.',
    'model-not-loaded': 'Choose a model and try again.',
    'no-recognizer': 'Use a model that listens, or add a speech recogniser (a Whisper package).',
    'context-exceeded': 'Shorten the message or begin a new conversation.',
    'out-of-memory': 'Close other programs, or choose a shorter context or a smaller model in the settings.',
    'provider-unavailable': 'Let the app choose the device in the settings, or install what is missing.',
    'engine-crashed': 'It has been started again. What had been written is kept.',
    'engine-failed': 'Try again; if it happens again, load the model again.',
    aborted: 'The answer was stopped.',
    interrupted: 'The app ended while it was being written. What had been written is kept.',
    busy: 'Wait until it ends, or stop it.',
    unavailable: 'It may have been closed. This page connects again by itself.',
    database: 'Another program may be using the file. Your text is still here; try again.',
    'disk-full': 'Free some space and try again. Your text is still here.',
    'tool-failed': 'Look at the tool’s server in the settings.',
    'remote-failed': 'Look at its connection in the settings, or choose a model of this machine.',
    internal: 'Try again. What had been written is kept.',
  },
} as const;
