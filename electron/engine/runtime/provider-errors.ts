import type { ErrorParameters } from '../../contract/error-kinds';
import { AppError } from '../../contract/errors';
import type { Provider } from '../../contract/generation';

/** With what else the engine knows. */
type RuleDetails = ErrorParameters & { readonly missing?: string; readonly bytes?: string };

interface Rule {
  /** Matched against ONNX Runtime's text. */
  readonly pattern: RegExp;
  readonly code: 'provider-unavailable' | 'out-of-memory' | 'model-unsupported';
  readonly explain: (match: RegExpExecArray) => { message: string; details: RuleDetails };
}

const PROVIDER_LIBRARY = /onnxruntime_providers_(cuda|shared)/;

/** The first rule that matches wins. Every sentence says what is missing and what to do about it. */
const RULES: readonly Rule[] = [
  {
    // dlopen: "libcublasLt.so.13: cannot open shared object file: No such file or directory"
    pattern: /(?:^|[\s/])(lib[\w.+-]+?\.so[\w.]*): cannot open shared object file/,
    code: 'provider-unavailable',
    explain: ([, library = '']) => missingLibrary(library),
  },
  {
    // Windows: Error loading "…\onnxruntime_providers_cuda.dll" which depends on "cublasLt64_12.dll" which is missing.
    pattern: /which depends on "([^"]+)" which is missing/,
    code: 'provider-unavailable',
    explain: ([, library = '']) => missingLibrary(library),
  },
  {
    // dlopen of a library of another version: "… version `libcudart.so.13' not found", "undefined symbol: cublasGetVersion"
    pattern: /(\S+): (?:version `([^']+)' not found|undefined symbol: (\S+))/,
    code: 'provider-unavailable',
    explain: ([, library = '', version, symbol]) => ({
      message: `A CUDA library has the wrong version: ${fileName(library)} ${version ? `needs ${version}` : `does not find ${symbol}`}. Install the versions that ONNX Runtime's CUDA provider was built for.`,
      details: { kind: 'cuda-library-version', library: fileName(library) },
    }),
  },
  {
    // A provider of another release: "The requested API version [24] is not available, only API versions [1, 23] are supported"
    pattern:
      /requested API version \[(\d+)\] is not available|(onnxruntime_providers_\w+)[^;\n]*version mismatch/i,
    code: 'provider-unavailable',
    explain: () => ({
      message:
        "ONNX Runtime's CUDA provider is of another release than ONNX Runtime itself. Install the CUDA libraries again in Models.",
      details: { kind: 'cuda-provider-release' },
    }),
  },
  {
    // "Could not find an implementation for GroupQueryAttention(1) node with name '…'", "… is not a registered function/op"
    pattern:
      /(?:Could not find an implementation for|NOT_IMPLEMENTED[^:]*: [^:]*for) (?:the node )?(\w[\w.]*)|([\w.:]+)\(-?\d+\) is not a registered function\/op/i,
    code: 'model-unsupported',
    explain: ([, missing, unknown]) => ({
      message: `The model uses the operator ${missing ?? unknown}, which this provider does not have. Choose another provider for it, or convert it anew.`,
      details: { kind: 'model-operator-missing', operator: missing ?? unknown ?? '' },
    }),
  },
  {
    pattern: /Failed to get a WebGPU adapter|No supported adapters/i,
    code: 'provider-unavailable',
    explain: () => ({
      message:
        "WebGPU finds no graphics card here. Install the card's driver (on Linux also its Vulkan library), or choose another provider.",
      details: { kind: 'webgpu-none' },
    }),
  },
  {
    // cudaErrorInsufficientDriver
    pattern: /CUDA (?:failure|error) 35\b|driver version is insufficient/i,
    code: 'provider-unavailable',
    explain: () => ({
      message:
        'The NVIDIA driver is too old: CUDA 13 needs driver 580 or newer, CUDA 12 driver 525 or newer. Update the driver.',
      details: { kind: 'gpu-driver-old' },
    }),
  },
  {
    // cudaErrorNoDevice, cudaErrorInvalidDevice
    pattern: /CUDA (?:failure|error) 10[01]\b|no CUDA-capable device/i,
    code: 'provider-unavailable',
    explain: () => ({
      message: 'No NVIDIA GPU that CUDA can use was found.',
      details: { kind: 'gpu-none' },
    }),
  },
  {
    // cudaErrorNoKernelImageForDevice, cudaErrorUnsupportedPtxVersion
    pattern: /CUDA (?:failure|error) (?:209|222)\b|no kernel image is available/i,
    code: 'provider-unavailable',
    explain: () => ({
      message:
        "ONNX Runtime's CUDA provider was not built for this GPU: it is older or newer than those the build knows.",
      details: { kind: 'gpu-not-built-for' },
    }),
  },
  {
    pattern:
      /CUDA (?:failure|error) 2\b|out of memory|Failed to allocate memory for requested buffer of size (\d+)|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|bad_?alloc/i,
    code: 'out-of-memory',
    explain: ([, bytes]) => ({
      message: `There is not enough memory${bytes ? ` (${Math.ceil(Number(bytes) / 2 ** 20)} MiB more were needed)` : ''}.`,
      details: { kind: 'memory-load', ...(bytes && { bytes }) },
    }),
  },
  {
    pattern: /CUDA execution provider is not enabled in this build|Failed to find CUDA shared provider/i,
    code: 'provider-unavailable',
    explain: () => ({
      message: 'This build of ONNX Runtime has no CUDA provider. Install the GPU build.',
      details: { kind: 'cuda-provider-missing' },
    }),
  },
  {
    pattern: /(CUDNN_STATUS_\w+|CUBLAS_STATUS_\w+)/,
    code: 'provider-unavailable',
    explain: ([, status = '']) => ({
      message: `${status.startsWith('CUDNN') ? 'cuDNN' : 'cuBLAS'} could not be started (${status}): its version may not fit the driver or the GPU.`,
      details: { kind: 'cuda-library-failed', status },
    }),
  },
  {
    pattern: /CUDA (?:failure|error) (\d+): ([^;\n]+)/i,
    code: 'provider-unavailable',
    explain: ([, number = '', text = '']) => ({
      message: `The GPU reported an error: ${text.trim()} (CUDA error ${number}).`,
      details: { kind: 'gpu-error', cuda: number },
    }),
  },
];

/**
 * What went wrong with a provider, in one sentence. Errors that are not the provider's come back as they are.
 *
 * @param phase what was going on, for running out of memory.
 */
export function explainProviderError(
  provider: Provider,
  error: unknown,
  phase: 'load' | 'prompt' | 'answer' = 'load',
): AppError {
  const known = error instanceof AppError ? error : null;
  const text = String(known?.details?.ort ?? (error instanceof Error ? error.message : error));
  if (known?.code === 'out-of-memory') return outOfMemory(provider, phase, known.message, known.details);
  if (known && known.code !== 'engine-failed') return known;
  for (const rule of RULES) {
    const match = rule.pattern.exec(text);
    if (!match || (provider === 'cpu' && rule.code === 'provider-unavailable')) continue;
    const { message, details } = rule.explain(match);
    if (rule.code === 'out-of-memory')
      return outOfMemory(provider, phase, message, { ...details, ort: text });
    return new AppError(rule.code, message, { ...details, provider, ort: text });
  }
  // Anything else that is thrown is a bug (contract/errors.ts).
  return known ?? new AppError('internal', text, { kind: 'runtime-error' });
}

function outOfMemory(
  provider: Provider,
  phase: 'load' | 'prompt' | 'answer',
  reason: string,
  details: AppError['details'],
): AppError {
  const device = provider === 'cpu' ? 'main memory' : "the GPU's memory";
  const what = {
    load: 'The model does not fit: use a shorter context, a smaller model or a lower precision, or close other programs',
    prompt:
      'Reading this prompt took more than there is: shorten it, or load the model with a shorter context',
    answer: 'Writing the answer took more than there is: load the model with a shorter context',
  }[phase];
  // Explained before, on the way here.
  if (details?.phase) return AppError.of({ code: 'out-of-memory', message: reason, details });
  return new AppError('out-of-memory', `Out of ${device}. ${what}.`, {
    provider,
    reason,
    ...details,
    kind: `memory-${phase}`,
    phase,
  });
}

function missingLibrary(path: string): { message: string; details: RuleDetails } {
  const library = fileName(path);
  if (PROVIDER_LIBRARY.test(library)) {
    return {
      message: `ONNX Runtime's CUDA provider is not installed: ${library} was not found beside the runtime's library.`,
      details: { kind: 'cuda-provider-missing', missing: library },
    };
  }
  return {
    message: `The library ${library} is missing${packageOf(library)}.`,
    details: { kind: kindOf(library), library, missing: library },
  };
}

function kindOf(library: string) {
  if (/^(libcuda\.so|nvcuda)/.test(library)) return 'gpu-driver-library';
  return packageOf(library) ? 'cuda-library-missing' : 'library-missing';
}

/** Which of NVIDIA's packages brings a library, with the version that its name tells. */
function packageOf(library: string): string {
  const version = /(?:\.so\.|64_)(\d+)/.exec(library)?.[1];
  if (/^(lib)?cudnn/.test(library)) return `: install cuDNN${version ? ` ${version}` : ''}`;
  if (/^(lib)?(cudart|cublas|cufft|curand|cusparse|cusolver|nvrtc|nvJitLink)/.test(library)) {
    // cuFFT and cuRAND number their libraries on their own (cuFFT 11 belongs to CUDA 12).
    const toolkit = /cudart|cublas|nvrtc|nvJitLink/.test(library) && version ? ` ${version}` : '';
    return `: install the CUDA${toolkit} libraries`;
  }
  if (/^(libcuda\.so|nvcuda)/.test(library)) return ': install the NVIDIA driver';
  return '';
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
