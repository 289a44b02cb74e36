/**
 * What CUDA needs that neither the driver nor onnxruntime-node brings, with the exact versions that are fetched. The provider must be of
 * ONNX Runtime's own release; libraries of one major version of CUDA run with any driver of it or of a later one.
 *
 * Every archive is compared with the digest that its registry states when it is asked. Where checksums were also found published by
 * others who fetched the same files (two of them at least, who agree), they are pinned here, and a registry that states anything else is
 * not believed. What has no pin is what could not be confirmed so when this list was made, 2026-11-23: ONNX Runtime from NuGet and its
 * Windows archive for CUDA 13, and some of CUDA 13's wheels.
 */
export interface LibraryPackage {
  readonly registry: 'nuget' | 'pypi' | 'github';
  readonly name: string;
  readonly version: string;
  /** Of the archive's files, those that are kept; they all end up in one folder. */
  readonly files: RegExp;
  readonly pin?: Pin;
}

/** What an archive is known to be, whatever its registry says. */
export interface Pin {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes?: number;
}

/** ONNX Runtime's release, as package.json pins onnxruntime-node. */
const RUNTIME_VERSION = '1.29.0';

interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly linux?: Pin;
  readonly windows?: Pin;
}

const CUDA_12: readonly Wheel[] = [
  {
    name: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    linux: pin('25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3', 3_493_179),
    windows: pin('8e018af8fa02363876860388bd10ccb89eb9ab8fb0aa749aaf58430a9f7c4891', 3_591_604),
  },
  {
    name: 'nvidia-cublas-cu12',
    version: '12.9.2.10',
    linux: pin('e4f53a8ca8c5d6e8c492d0d0a3d565ecb59a751b19cfdaa4f6da0ab2104c1702', 581_240_110),
    windows: pin('623f43027d40d44ceadf0043f002bd25cf353e8f13ce90b9a87057019f560661', 553_162_896),
  },
  {
    name: 'nvidia-curand-cu12',
    version: '10.3.10.19',
    linux: pin('49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e', 68_295_626),
    windows: pin('e8129e6ac40dc123bd948e33d3e11b4aa617d87a583fa2f21b3210e90c743cde'),
  },
  {
    name: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    linux: pin('c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28', 200_877_592),
    windows: pin('8e5bfaac795e93f80611f807d42844e8e27e340e0cde270dcb6c65386d795b80', 200_067_309),
  },
  {
    name: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    linux: pin('e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
    windows: pin('cc6fcec260ca843c10e34c936921a1c426b351753587fdd638e8cff7b16bb9db', 35_584_936),
  },
  {
    name: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    linux: pin('210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4', 89_568_129),
    windows: pin('72972ebdcf504d69462d3bcd67e7b81edd25d0fb85a2c46d3ea3517666636349', 76_408_187),
  },
  {
    name: 'nvidia-cudnn-cu12',
    version: '9.27.0.42',
    linux: pin('0a4aa3a7d2264256506c6857fc41fc0c499982f78d70195b1cfcc9055c1957cd', 766_178_381),
    windows: pin('06e9b0026f3bad97d2b58666330fabec04fe1672f776661ecb0ce0029c27f142', 743_068_852),
  },
];

const CUDA_13: readonly Wheel[] = [
  {
    name: 'nvidia-cuda-runtime',
    version: '13.4.92',
    linux: pin('9641f797da20ce1dd8e779b6e96d08cf9ba564cec8e8225458811ee26423f3a5', 2_494_438),
  },
  {
    name: 'nvidia-cublas',
    version: '13.8.0.4',
    linux: pin('9f17797dfcc048694461f4e47de17d2e3c25adf172ef723d2db0a07cd8744b89'),
    windows: pin('8c5494423bb8a46822cb6b0cb95d7fa4be2d7b96a31155dff083839ec8297910'),
  },
  {
    name: 'nvidia-curand',
    version: '10.4.4.72',
    linux: pin('25c3457ae7a224fdd484dab90b0fc5dc0e842fab5db3012afa4a5bd2af4eb7e5', 61_498_332),
  },
  { name: 'nvidia-cufft', version: '12.4.0.43' },
  { name: 'nvidia-nvjitlink', version: '13.4.92' },
  {
    name: 'nvidia-cuda-nvrtc',
    version: '13.4.92',
    linux: pin('5ce8c97b00b232c4f50c8c4b5a3b68cafee08bdb82ea86f2052ff01d03194f4a'),
  },
  {
    name: 'nvidia-cudnn-cu13',
    version: '9.27.0.42',
    windows: pin('7d96f634adafd55c72231eb0500ca77ab109ec8ebff7b33000b76e081bc4558e', 436_469_905),
  },
];

/** Of the release on GitHub. */
const RUNTIME_13_LINUX = pin('844c64acfc43ab9423215c26493055ea229268e28283146cc644ecef0bdae048');

function pin(sha256: string, bytes?: number): Pin {
  return { sha256, ...(bytes !== undefined && { bytes }) };
}

const LIBRARY = /(^|\/)(lib[^/]+\.so[.\d]*|[^/]+\.dll)$/;
/** The TensorRT provider is of no use without TensorRT. */
const RUNTIME_NAME = String.raw`(libonnxruntime(_providers_(shared|cuda))?\.so[.\d]*|onnxruntime(_providers_(shared|cuda))?\.dll)$`;

export function packagesFor(cuda: 12 | 13, platform: NodeJS.Platform): readonly LibraryPackage[] {
  const windows = platform === 'win32';
  const runtime: LibraryPackage =
    cuda === 12
      ? {
          registry: 'nuget',
          name: `Microsoft.ML.OnnxRuntime.Gpu.${windows ? 'Windows' : 'Linux'}`,
          version: RUNTIME_VERSION,
          files: new RegExp(`^runtimes/${windows ? 'win' : 'linux'}-x64/native/${RUNTIME_NAME}`),
        }
      : {
          registry: 'github',
          name: `microsoft/onnxruntime/onnxruntime-${windows ? 'win' : 'linux'}-x64-gpu_cuda13-${RUNTIME_VERSION}.${windows ? 'zip' : 'tgz'}`,
          version: RUNTIME_VERSION,
          files: new RegExp(`/${RUNTIME_NAME}`),
          ...(!windows && { pin: RUNTIME_13_LINUX }),
        };
  const wheels = (cuda === 12 ? CUDA_12 : CUDA_13).map(({ name, version, ...pins }): LibraryPackage => {
    const known = windows ? pins.windows : pins.linux;
    return { registry: 'pypi', name, version, files: LIBRARY, ...(known && { pin: known }) };
  });
  return [runtime, ...wheels];
}
