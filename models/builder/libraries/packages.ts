/**
 * What CUDA needs that neither the driver nor onnxruntime-node brings, with the exact versions that are fetched. The provider must be of
 * ONNX Runtime's own release; libraries of one major version of CUDA run with any driver of it or of a later one.
 */
export interface LibraryPackage {
  readonly registry: 'nuget' | 'pypi' | 'github';
  readonly name: string;
  readonly version: string;
  /** Of the archive's files, those that are kept; they all end up in one folder. */
  readonly files: RegExp;
}

/** ONNX Runtime's release, as package.json pins onnxruntime-node. */
export const RUNTIME_VERSION = '1.29.0';

const CUDA_12: readonly (readonly [name: string, version: string])[] = [
  ['nvidia-cuda-runtime-cu12', '12.9.79'],
  ['nvidia-cublas-cu12', '12.9.3.13'],
  ['nvidia-curand-cu12', '10.3.10.19'],
  ['nvidia-cufft-cu12', '11.4.1.4'],
  ['nvidia-nvjitlink-cu12', '12.9.86'],
  ['nvidia-cuda-nvrtc-cu12', '12.9.86'],
  ['nvidia-cudnn-cu12', '9.27.0.42'],
];

const CUDA_13: readonly (readonly [name: string, version: string])[] = [
  ['nvidia-cuda-runtime', '13.5.37'],
  ['nvidia-cublas', '13.10.0.20'],
  ['nvidia-curand', '10.4.4.72'],
  ['nvidia-cufft', '12.4.0.43'],
  ['nvidia-nvjitlink', '13.5.37'],
  ['nvidia-cuda-nvrtc', '13.5.37'],
  ['nvidia-cudnn-cu13', '9.27.0.42'],
];

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
        };
  const wheels = (cuda === 12 ? CUDA_12 : CUDA_13).map(
    ([name, version]): LibraryPackage => ({ registry: 'pypi', name, version, files: LIBRARY }),
  );
  return [runtime, ...wheels];
}
