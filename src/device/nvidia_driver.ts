import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** A driver version such as `535.104.05`, compared part by part. */
export type DriverVersion = string;

/** The kernel's part of the NVIDIA driver. */
export interface NvidiaDriver {
  readonly version: DriverVersion;
  /** True for the open kernel module. */
  readonly open: boolean;
}

/**
 * The oldest Linux driver for each major CUDA version ("minor version compatibility": every 12.x
 * program runs on a driver from 525.60.13 on): NVIDIA, CUDA Toolkit Release Notes, table "CUDA
 * Toolkit and Minimum Required Driver Version for CUDA Minor Version Compatibility", and CUDA
 * Compatibility, docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html.
 */
export const LEAST_DRIVERS: Readonly<Record<12 | 13, DriverVersion>> = {
  12: "525.60.13",
  13: "580.65.06",
};

/**
 * Finds the loaded driver through `/proc/driver/nvidia/version`; undefined where there is none.
 * @throws {Deno.errors.NotCapable} when this process may not look.
 */
export function findNvidiaDriver(files: SystemFiles = SYSTEM_FILES): NvidiaDriver | undefined {
  return parseDriverVersion(files.readText("/proc/driver/nvidia/version") ?? "");
}

/**
 * Reads the first line of `/proc/driver/nvidia/version`, either
 * `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 …` or
 * `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build …`.
 */
export function parseDriverVersion(text: string): NvidiaDriver | undefined {
  const line = /^NVRM version:.*$/m.exec(text)?.[0];
  const version = /\s(\d{2,}(?:\.\d+)+)(?:\s|$)/.exec(line ?? "")?.[1];
  if (line === undefined || version === undefined) return undefined;
  return { version, open: line.includes("Open Kernel Module") };
}

/** The highest major CUDA version that houqa can set up and this driver runs; undefined: none. */
export function highestCudaMajor(driver: DriverVersion): 12 | 13 | undefined {
  return ([13, 12] as const).find((major) => !isOlder(driver, LEAST_DRIVERS[major]));
}

/** True when the first version is older than the second. */
export function isOlder(version: DriverVersion, than: DriverVersion): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
