import { describe, expect, test } from 'vitest';
import { AppError } from '../../contract/errors';
import { ortError } from '../ort/api';
import { explainProviderError } from './provider-errors';

/** Texts as ONNX Runtime 1.2x prints them, from its source and its issue tracker. */
const BRIDGE =
  '/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library';
const CUDA_CALL =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true]';

describe('each failure is one sentence that says what is missing', () => {
  test.each([
    [
      `${BRIDGE} /opt/ort/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory`,
      'The library libcublasLt.so.13 is missing: install the CUDA 13 libraries.',
    ],
    [
      `${BRIDGE} /opt/ort/libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file or directory`,
      'The library libcudnn.so.9 is missing: install cuDNN 9.',
    ],
    [
      `${BRIDGE} /opt/ort/libonnxruntime_providers_cuda.so with error: libcurand.so.10: cannot open shared object file: No such file or directory`,
      'The library libcurand.so.10 is missing: install the CUDA libraries.',
    ],
    [
      `${BRIDGE} /opt/ort/libonnxruntime_providers_shared.so with error: /opt/ort/libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory`,
      "ONNX Runtime's CUDA provider is not installed: libonnxruntime_providers_shared.so was not found beside the runtime's library.",
    ],
    [
      'Error loading "C:\\ort\\onnxruntime_providers_cuda.dll" which depends on "cublasLt64_12.dll" which is missing. (Error 126: "The specified module could not be found.")',
      'The library cublasLt64_12.dll is missing: install the CUDA 12 libraries.',
    ],
    [
      `${BRIDGE} /opt/ort/libonnxruntime_providers_cuda.so with error: /opt/ort/libonnxruntime_providers_cuda.so: undefined symbol: cudaGetDeviceProperties_v2`,
      "A CUDA library has the wrong version: libonnxruntime_providers_cuda.so does not find cudaGetDeviceProperties_v2. Install the versions that ONNX Runtime's CUDA provider was built for.",
    ],
    [
      `${CUDA_CALL} CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; hostname=pc ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_execution_provider.cc ; line=280 ; expr=cudaSetDevice(info_.device_id);`,
      'The NVIDIA driver is too old: CUDA 13 needs driver 580 or newer, CUDA 12 driver 525 or newer. Update the driver.',
    ],
    [
      `${CUDA_CALL} CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=pc ; expr=cudaSetDevice(info_.device_id);`,
      'No NVIDIA GPU that CUDA can use was found.',
    ],
    [
      `${CUDA_CALL} CUDA failure 209: no kernel image is available for execution on the device ; GPU=0 ;`,
      "ONNX Runtime's CUDA provider was not built for this GPU: it is older or newer than those the build knows.",
    ],
    [
      'CUDNN failure 1001: CUDNN_STATUS_NOT_INITIALIZED ; GPU=0 ; hostname=pc ;',
      'cuDNN could not be started (CUDNN_STATUS_NOT_INITIALIZED): its version may not fit the driver or the GPU.',
    ],
    [
      `${CUDA_CALL} CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=pc ;`,
      'The GPU reported an error: an illegal memory access was encountered (CUDA error 700).',
    ],
  ])('%s', (text, message) => {
    expect(explainProviderError('cuda', ortError(text))).toMatchObject({
      code: 'provider-unavailable',
      message,
    });
  });
});

describe('out of memory', () => {
  const arena =
    '/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 1241513984';

  test('while loading', () => {
    const error = explainProviderError('cuda', ortError(arena));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toMatch(/^Out of the GPU's memory\. The model does not fit/);
    expect(error.details).toMatchObject({ provider: 'cuda', phase: 'load', bytes: '1241513984' });
  });

  test.each([
    ['prompt', /Reading this prompt took more than there is/],
    ['answer', /Writing the answer took more than there is/],
  ] as const)('while %s', (phase, message) => {
    const text = `${CUDA_CALL} CUDA failure 2: out of memory ; GPU=0 ; hostname=pc ; expr=cudaMalloc((void**)&p, size);`;
    expect(explainProviderError('cuda', ortError(text), phase).message).toMatch(message);
  });

  test('on the CPU', () => {
    const error = explainProviderError('cpu', ortError('Exception during initialization: std::bad_alloc'));
    expect(error).toMatchObject({ code: 'out-of-memory' });
    expect(error.message).toMatch(/^Out of main memory/);
  });

  test('is explained once', () => {
    const once = explainProviderError('cuda', ortError(arena), 'prompt');
    expect(explainProviderError('cuda', once).message).toBe(once.message);
  });
});

test('other errors stay what they are', () => {
  const damaged = new AppError('model-damaged', 'weights.data is damaged');
  expect(explainProviderError('cuda', damaged)).toBe(damaged);
  const unknown = ortError('Load model from x.onnx failed');
  expect(explainProviderError('cpu', unknown)).toBe(unknown);
});
