/**
 * What electron-builder packs and how. JavaScript rather than YAML, since signing and the update feed come from the environment
 * and the native libraries depend on the system packed for. build/README.md tells it to people.
 */
import { assertPackable } from './scripts/packable.mjs';

/** Everything that can be opened with the app. build/installer.nsh repeats the list for Windows; a test keeps them equal. */
export const IMAGES = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  avif: 'image/avif',
  heic: 'image/heic',
};

const SCHEME = 'autoglm';

/** @typedef {'linux' | 'darwin' | 'win32'} System as Node and the packages with native libraries name it */

/**
 * A package brings the libraries of one system and one processor; npm may have installed more of them (`--os`, `--cpu`), and
 * onnxruntime-node ships those of every system, 282 MB.
 * @param {System} system
 * @returns {string[]} patterns; electron-builder puts the processor in for ${arch}
 */
function nativePatterns(system) {
  const target = `${system}-\${arch}`;
  const others = ['linux', 'darwin', 'win32'].filter((name) => name !== system);
  // No braces around alternatives: within !(…) they would exclude each other.
  return [
    `!node_modules/onnxruntime-node/bin/*/{${others}}/**`,
    `!node_modules/onnxruntime-node/bin/*/${system}/!(\${arch})/**`,
    `!node_modules/@koromix/koffi-!(${target})/**`,
    // Electron runs on glibc, so the variants for musl are never loaded.
    `!node_modules/@libsql/!(${target}|${target}-gnu|${target}-msvc)/**`,
    `!node_modules/@img/sharp-!(${target}|libvips-${target})/**`,
    `!node_modules/@koromix/*/musl_*/**`,
    // 44 MB twice; the binding links to the name without the full version.
    '!node_modules/onnxruntime-node/bin/*/darwin/*/libonnxruntime.*.*.*.dylib',
  ];
}

/**
 * One list a system. electron-builder also takes patterns per system, but where those only exclude, it reads them as "everything
 * except", and packs the sources.
 * @param {System} system
 */
export function files(system) {
  return [
    'package.json',
    'LICENSE',
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'models/nano/**',
    'models/catalog.json',
    // For the tray and for the window on Linux.
    'build/icons/tray*',
    'build/icons/icon.png',
    '!**/*.map',
    '!node_modules/**/*.{ts,mts,cts,tsx,flow}',
    '!node_modules/**/{README,CHANGELOG,HISTORY,CONTRIBUTING}*',
    '!node_modules/{*,@*/*}/{test,tests,__tests__,doc,docs,example,examples,benchmark,benchmarks}/**',
    // What builds koffi and what downloads onnxruntime-node's GPU libraries: neither runs here.
    '!node_modules/koffi/{vendor,lib}/**',
    '!node_modules/koffi/src/**/*.{cc,cpp,c,h,hh,S,asm,inc,txt}',
    '!node_modules/onnxruntime-node/script/**',
    '!node_modules/{adm-zip,global-agent}/**',
    // Of pdf.js only what finds text: no viewer, no drawing (30 MB of canvas), no other builds.
    '!node_modules/pdfjs-dist/{build,iccs,image_decoders,standard_fonts,types,wasm,web}/**',
    '!node_modules/pdfjs-dist/legacy/{web,image_decoders}/**',
    '!node_modules/pdfjs-dist/legacy/build/*{.min,.sandbox}.mjs',
    '!node_modules/@napi-rs/**',
    '!node_modules/mammoth/*.browser*.js',
    ...nativePatterns(system),
  ];
}

/** Signing on macOS happens when a certificate is named, never because the keychain of whoever builds happens to hold one. */
const { env } = process;
const macSigned = Boolean(env.CSC_LINK || env.CSC_NAME);

/**
 * Where updates come from, in order: AUTOGLM_UPDATE_URL (a folder on any web server), AUTOGLM_UPDATE_GITHUB (owner/name, its
 * releases). With neither, the package carries no feed (`app-update.yml`) and never asks for updates.
 * @returns {import('electron-builder').Configuration['publish']}
 */
export function updateFeed({ AUTOGLM_UPDATE_URL: url, AUTOGLM_UPDATE_GITHUB: repository } = env) {
  if (url) return { provider: 'generic', url };
  if (!repository) return null;
  const [owner, repo, ...rest] = repository.split('/');
  if (!owner || !repo || rest.length > 0) {
    throw new Error(`AUTOGLM_UPDATE_GITHUB must be owner/name, not '${repository}'.`);
  }
  // A draft: a person looks at a release before anyone's app is offered it.
  return { provider: 'github', owner, repo, releaseType: 'draft' };
}

/**
 * A new object each time: electron-builder rewrites the one it is given.
 * @returns {import('electron-builder').Configuration}
 */
export const configuration = () => ({
  appId: 'org.autoglm.desktop',
  productName: 'AutoGLM Desktop',
  copyright: 'AutoGLM Desktop contributors. Apache-2.0.',
  directories: { output: 'dist', buildResources: 'build' },
  // autoglm-desktop-0.1.0-linux-x64.deb: no spaces, so that links and shells need no quoting.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills these in.
  artifactName: '${name}-${version}-${os}-${arch}.${ext}',

  files: files(/** @type {System} */ (process.platform)),

  asar: true,
  // The system's loader and memory mapping need real files. Electron redirects require(); koffi, ONNX Runtime and libvips do not
  // know of archives.
  asarUnpack: [
    'models/nano/**',
    'out/main/*.onnx',
    '**/*.node',
    'node_modules/onnxruntime-node/bin/**',
    'node_modules/@img/**',
    'node_modules/@libsql/**',
    'node_modules/@koromix/**',
  ],
  // All native packages ship N-API libraries, which do not depend on Electron's version.
  npmRebuild: false,
  // Chromium's own strings; the app's two languages and nothing else (about 40 MB).
  electronLanguages: ['en', 'zh-CN', 'zh-TW'],

  electronFuses: {
    // The engine is a utilityProcess, which does not need it; without, the signed binary is no general Node.
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    // macOS and Windows check the archive's hash, and nothing beside the archive is loaded as the app.
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    // The page has its own protocol, so file:// needs no rights.
    grantFileProtocolExtraPrivileges: false,
  },

  protocols: [{ name: 'AutoGLM Desktop', schemes: [SCHEME], role: 'Viewer' }],
  publish: updateFeed(),
  // Files for updaters older than any release of this app.
  electronUpdaterCompatibility: '>=2.16',
  // A release must not go out unsigned by mistake; Linux has nothing to sign.
  forceCodeSigning: env.AUTOGLM_RELEASE === '1',
  toolsets: {
    // The older AppImage starts the app with --no-sandbox always; this one only where the system allows no user namespaces.
    appimage: '1.0.3',
  },
  beforePack: ({ electronPlatformName, arch }) => assertPackable(electronPlatformName, arch),

  linux: {
    target: ['AppImage', 'deb'],
    icon: 'icons/png',
    category: 'Utility',
    synopsis: 'A private assistant that runs on your own machine',
    description:
      'Chat, questions about images and push-to-talk voice, answered by a model on this computer. Nothing is sent anywhere.',
    // Types that systems know. fileAssociations would define them anew and take their icons over.
    mimeTypes: [...new Set(Object.values(IMAGES))],
    desktop: {
      entry: {
        'Name[zh_CN]': 'AutoGLM 桌面版',
        'Comment[zh_CN]': '在你自己的电脑上运行的私人助手',
        Keywords: 'AI;Assistant;Chat;LLM;Voice;Image;',
        'Keywords[zh_CN]': '人工智能;助手;聊天;语音;图片;',
      },
    },
  },
  deb: {
    // Unlike AppImage's runtime, apt installs what Chromium needs; the defaults of electron-builder cover the rest.
    recommends: ['libappindicator3-1', 'xdg-utils'],
    compression: 'xz',
  },

  win: {
    target: ['nsis'],
    icon: 'icons/icon.ico',
  },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    installerLanguages: ['en_US', 'zh_CN'],
    // The system's language decides; no question before the first page.
    displayLanguageSelector: false,
    // Conversations stay when the program goes.
    deleteAppDataOnUninstall: false,
    include: 'build/installer.nsh',
  },

  mac: {
    // arm64 only: ONNX Runtime 1.29 has no library for Intel Macs. zip is what the updater reads.
    target: ['dmg', 'zip'].map((target) => ({ target, arch: ['arm64'] })),
    icon: 'icons/icon.icns',
    category: 'public.app-category.productivity',
    minimumSystemVersion: '13.0',
    // "Alternate" offers the app under "Open with" and leaves the user's viewer what it is.
    fileAssociations: [
      { ext: Object.keys(IMAGES), name: 'Image', role: 'Viewer', rank: 'Alternate', icon: 'icons/icon.icns' },
    ],
    extendInfo: {
      NSMicrophoneUsageDescription:
        'When you talk to AutoGLM, your voice is recorded and turned into text on this Mac.',
      NSScreenCaptureUsageDescription: 'A picture of the screen or a window is taken when you ask about it.',
      NSAudioCaptureUsageDescription: 'The sound of a window is recorded only when you choose to share it.',
      CFBundleLocalizations: ['en', 'zh_CN'],
    },
    extraResources: [{ from: 'build/mac/zh_CN.lproj', to: 'zh_CN.lproj' }],
    // Without a certificate: an ad-hoc signature, which Apple silicon demands. The hardened runtime would then refuse Electron's
    // own libraries, as they share no team with the app.
    identity: macSigned ? undefined : '-',
    hardenedRuntime: macSigned,
    entitlements: 'build/mac/entitlements.plist',
    entitlementsInherit: 'build/mac/entitlements.plist',
    // Runs when APPLE_API_KEY… or APPLE_ID… are set (see build/README.md).
    notarize: macSigned,
  },
  dmg: { sign: false, writeUpdateInfo: false },
});
