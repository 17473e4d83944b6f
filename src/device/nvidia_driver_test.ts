import assert from "node:assert/strict";
import {
  findNvidiaDriver,
  highestCudaMajor,
  isOlder,
  LEAST_DRIVERS,
  parseDriverVersion,
} from "./nvidia_driver.ts";
import { fakeSystemFiles } from "./system_files_double.ts";

Deno.test("both kernel modules' first lines are read", () => {
  assert.deepEqual(
    parseDriverVersion(
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n" +
        "GCC version:  gcc version 8.5.0 20210514 (Red Hat 8.5.0-18) (GCC)\n",
    ),
    { version: "535.104.05", open: false },
  );
  assert.deepEqual(
    parseDriverVersion(
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  " +
        "(dvs-builder@U22-I3)  Sun Jul 27 07:10:35 UTC 2025\n" +
        "GCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)\n",
    ),
    { version: "580.65.06", open: true },
  );
  assert.deepEqual(
    parseDriverVersion("NVRM version: NVIDIA UNIX aarch64 Kernel Module  525.60  Mon\n"),
    { version: "525.60", open: false },
  );
  for (const text of ["", "GCC version: gcc 12.2.0", "NVRM version: something else"]) {
    assert.equal(parseDriverVersion(text), undefined, text);
  }
});

Deno.test("no file means no driver", () => {
  assert.equal(findNvidiaDriver(fakeSystemFiles({})), undefined);
});

Deno.test("the highest CUDA follows from the driver", () => {
  const cases = [
    ["470.199.02", undefined],
    ["525.60.12", undefined],
    ["525.60.13", 12],
    ["535.104.05", 12],
    ["575.57.08", 12],
    ["580.65.05", 12],
    ["580.65.06", 13],
    ["590.10", 13],
    ["1000.1", 13],
  ] as const;
  for (const [driver, major] of cases) assert.equal(highestCudaMajor(driver), major, driver);
});

Deno.test("versions are compared part by part, as numbers", () => {
  assert.ok(isOlder("525.60.9", LEAST_DRIVERS[12]));
  assert.ok(!isOlder("525.100", LEAST_DRIVERS[12]));
  assert.ok(isOlder("525.60", "525.60.13"));
  assert.ok(!isOlder("525.60.13", "525.60.13"));
});
