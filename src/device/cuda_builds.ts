/** The files that `houqa setup cuda` puts together, each pinned by its SHA-256. */

import { OWN_CORE_NAME } from "./own_core_name.ts";

/** A file inside an archive, and where it goes. */
export interface PinnedMember {
  /** Path inside the archive. */
  readonly path: string;
  /** Path below the runtime's folder. */
  readonly target: string;
  /** Size unpacked. */
  readonly sizeBytes: number;
  /** True for the core and the binding, which get a name of their own for the core. */
  readonly namesCore?: boolean;
}

/** A wheel of the Python package index. */
export interface PinnedWheel {
  /** Project on the index, in normalised spelling (PEP 503). */
  readonly project: string;
  readonly file: string;
  readonly sizeBytes: number;
  /** SHA-256 of the wheel, 64 hex digits. */
  readonly sha256: string;
  readonly members: readonly PinnedMember[];
}

/** The Node-API binding out of npm's `onnxruntime-node`. */
export interface PinnedBinding {
  /** Path of the package's archive on the npm registry. */
  readonly archivePath: string;
  readonly archiveSizeBytes: number;
  readonly archiveSha256: string;
  readonly member: PinnedMember;
  /** SHA-256 of the binding itself: a copy that lies on this machine already saves the download. */
  readonly sha256: string;
}

/** One set of files that works together. */
export interface CudaBuild {
  readonly cudaMajor: 12 | 13;
  /** Version of ONNX Runtime, which core, providers and binding share. */
  readonly onnxruntimeVersion: string;
  readonly binding: PinnedBinding;
  readonly wheels: readonly PinnedWheel[];
  /**
   * NVIDIA's libraries that are loaded before the provider, those that others need first. The rest
   * is found by their own search path, which is the folder they lie in; only nvrtc 13 has none, so
   * its builtins are in the list.
   */
  readonly preload: readonly string[];
}

const PYPI_LINUX = "manylinux2014_x86_64.manylinux_2_17_x86_64";

/**
 * Linux on x86-64, the newest CUDA first. Sizes and hashes were computed from the files of pypi.org
 * and registry.npmjs.org.
 *
 * Core and provider only work when they come from one build, and the binding asks for exactly its
 * own version of the core (`libonnxruntime.so.1: version VERS_1.30.0 not found`), so each set has
 * its own binding. The last wheel on PyPI that was built for CUDA 12 is 1.26.0 (12.8); from 1.27.0
 * on they are for CUDA 13.
 *
 * Which libraries: what `readelf -d libonnxruntime_providers_cuda.so` lists as NEEDED (cudart,
 * cublas, cublasLt, curand; with 1.26.0 also cufft and cudnn, which 1.30.0 loads only for operators
 * that no Qwen graph has), and what those open by name when they run: cublasLt opens nvrtc, nvrtc its
 * builtins, cudnn its parts. cufft opens nvJitLink for user callbacks only, so that is left out. The
 * versions are of the CUDA toolkit that ONNX Runtime was built with (13.0, 12.8), for the oldest
 * driver.
 */
export const CUDA_BUILDS: readonly CudaBuild[] = [
  {
    cudaMajor: 13,
    onnxruntimeVersion: "1.30.0",
    binding: npmBinding("1.30.0", {
      archiveSizeBytes: 113507888,
      archiveSha256: "6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75",
      sizeBytes: 389488,
      sha256: "ccdc60b981d93a490cf9513d3f583547252b6e285b72988a96a494f2f006c7b8",
    }),
    wheels: [
      {
        project: "onnxruntime-gpu",
        file: "onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        sizeBytes: 246685715,
        sha256: "6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1",
        members: runtimeMembers("1.30.0", { core: 29062976, shared: 14632, cuda: 272049904 }),
      },
      {
        project: "nvidia-cuda-runtime",
        file: `nvidia_cuda_runtime-13.0.96-py3-none-${PYPI_LINUX}.whl`,
        sizeBytes: 2243632,
        sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
        members: libraries("nvidia/cu13/lib", { "libcudart.so.13": 704288 }),
      },
      {
        project: "nvidia-cuda-nvrtc",
        file: "nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
        sizeBytes: 90215200,
        sha256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
        members: libraries("nvidia/cu13/lib", {
          "libnvrtc-builtins.so.13.0": 4380616,
          "libnvrtc.so.13": 109338064,
        }),
      },
      {
        project: "nvidia-cublas",
        file: "nvidia_cublas-13.0.2.14-py3-none-manylinux_2_27_x86_64.whl",
        sizeBytes: 420882912,
        sha256: "0cf238ffdbe46c00cb9aa98e7bca745c223a5ca5a53e686ac8b3e5a08fe80d6c",
        members: libraries("nvidia/cu13/lib", {
          "libcublasLt.so.13": 539533072,
          "libcublas.so.13": 54440120,
        }),
      },
      {
        project: "nvidia-curand",
        file: "nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl",
        sizeBytes: 59544258,
        sha256: "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
        members: libraries("nvidia/cu13/lib", { "libcurand.so.10": 132698328 }),
      },
    ],
    preload: [
      "nvidia/libcudart.so.13",
      "nvidia/libnvrtc-builtins.so.13.0",
      "nvidia/libcublasLt.so.13",
      "nvidia/libcublas.so.13",
      "nvidia/libcurand.so.10",
    ],
  },
  {
    cudaMajor: 12,
    onnxruntimeVersion: "1.26.0",
    binding: npmBinding("1.26.0", {
      archiveSizeBytes: 99542882,
      archiveSha256: "874e97b8840c16db3a3997a4cc75976ee46fb4828bc95dda909d8d4e134bed02",
      sizeBytes: 389424,
      sha256: "641ffbf1bf6c1b189b58576cebdd5d545200ac2e844b9bb06cbc60a554b5284b",
    }),
    wheels: [
      {
        project: "onnxruntime-gpu",
        file: "onnxruntime_gpu-1.26.0-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        sizeBytes: 276971796,
        sha256: "3c01119ed4d9449d60367fa8ccffcd02bd3fe736754284e4b198d131f54edad6",
        members: runtimeMembers("1.26.0", { core: 23101400, shared: 14632, cuda: 400827896 }),
      },
      {
        project: "nvidia-cuda-runtime-cu12",
        file: `nvidia_cuda_runtime_cu12-12.8.90-py3-none-${PYPI_LINUX}.whl`,
        sizeBytes: 954765,
        sha256: "adade8dcbd0edf427b7204d480d6066d33902cab2a4707dcfc48a2d0fd44ab90",
        members: libraries("nvidia/cuda_runtime/lib", { "libcudart.so.12": 728800 }),
      },
      {
        project: "nvidia-cuda-nvrtc-cu12",
        file:
          "nvidia_cuda_nvrtc_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
        sizeBytes: 88040029,
        sha256: "a7756528852ef889772a84c6cd89d41dfa74667e24cca16bb31f8f061e3e9994",
        members: libraries("nvidia/cuda_nvrtc/lib", {
          "libnvrtc-builtins.so.12.8": 6338504,
          "libnvrtc.so.12": 104487248,
        }),
      },
      {
        project: "nvidia-cublas-cu12",
        file: "nvidia_cublas_cu12-12.8.4.1-py3-none-manylinux_2_27_x86_64.whl",
        sizeBytes: 594346921,
        sha256: "8ac4e771d5a348c551b2a426eda6193c19aa630236b418086020df5ba9667142",
        members: libraries("nvidia/cublas/lib", {
          "libcublasLt.so.12": 751771728,
          "libcublas.so.12": 116388640,
        }),
      },
      {
        project: "nvidia-curand-cu12",
        file: "nvidia_curand_cu12-10.3.9.90-py3-none-manylinux_2_27_x86_64.whl",
        sizeBytes: 63619976,
        sha256: "b32331d4f4df5d6eefa0554c565b626c7216f87a06a4f56fab27c3b68a830ec9",
        members: libraries("nvidia/curand/lib", { "libcurand.so.10": 136749240 }),
      },
      {
        project: "nvidia-cufft-cu12",
        file: `nvidia_cufft_cu12-11.3.3.83-py3-none-${PYPI_LINUX}.whl`,
        sizeBytes: 193118695,
        sha256: "4d2dd21ec0b88cf61b62e6b43564355e5222e4a3fb394cac0db101f2dd0d4f74",
        members: libraries("nvidia/cufft/lib", { "libcufft.so.11": 278925016 }),
      },
      {
        project: "nvidia-cudnn-cu12",
        file: "nvidia_cudnn_cu12-9.8.0.87-py3-none-manylinux_2_27_x86_64.whl",
        sizeBytes: 697999707,
        sha256: "d6b02cd0e3e24aa31d0193a8c39fec239354360d7d81055edddb69f35d53a4c8",
        members: libraries("nvidia/cudnn/lib", {
          "libcudnn_graph.so.9": 4391696,
          "libcudnn_ops.so.9": 119547416,
          "libcudnn_cnn.so.9": 6300904,
          "libcudnn_adv.so.9": 255866448,
          "libcudnn_engines_precompiled.so.9": 583023472,
          "libcudnn_engines_runtime_compiled.so.9": 27276224,
          "libcudnn_heuristic.so.9": 56627064,
          "libcudnn.so.9": 125136,
        }),
      },
    ],
    preload: [
      "nvidia/libcudart.so.12",
      "nvidia/libnvrtc-builtins.so.12.8",
      "nvidia/libcublasLt.so.12",
      "nvidia/libcublas.so.12",
      "nvidia/libcurand.so.10",
      "nvidia/libcufft.so.11",
      "nvidia/libcudnn.so.9",
    ],
  },
];

function npmBinding(
  version: string,
  pin: {
    readonly archiveSizeBytes: number;
    readonly archiveSha256: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  },
): PinnedBinding {
  const { sizeBytes, ...rest } = pin;
  return {
    archivePath: `onnxruntime-node/-/onnxruntime-node-${version}.tgz`,
    member: {
      path: "package/bin/napi-v6/linux/x64/onnxruntime_binding.node",
      target: "onnxruntime_binding.node",
      sizeBytes,
      namesCore: true,
    },
    ...rest,
  };
}

function runtimeMembers(
  version: string,
  sizes: { readonly core: number; readonly shared: number; readonly cuda: number },
): PinnedMember[] {
  const folder = "onnxruntime/capi";
  return [
    {
      path: `${folder}/libonnxruntime.so.${version}`,
      target: OWN_CORE_NAME,
      sizeBytes: sizes.core,
      namesCore: true,
    },
    ...Object.entries({
      "libonnxruntime_providers_shared.so": sizes.shared,
      "libonnxruntime_providers_cuda.so": sizes.cuda,
    }).map(([name, sizeBytes]) => ({ path: `${folder}/${name}`, target: name, sizeBytes })),
  ];
}

function libraries(folder: string, sizes: Readonly<Record<string, number>>): PinnedMember[] {
  return Object.entries(sizes).map(([name, sizeBytes]) => ({
    path: `${folder}/${name}`,
    target: `nvidia/${name}`,
    sizeBytes,
  }));
}
