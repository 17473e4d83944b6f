import assert from "node:assert/strict";
import { readProcessor } from "./read_processor.ts";
import { fakeSystemFiles } from "./system_files_double.ts";

const CPUINFO = [0, 1, 2, 3].map((n) =>
  `processor\t: ${n}\nmodel name\t: AMD EPYC 7742 64-Core Processor\nflags\t\t: fpu sse2 avx2 avx512f\n`
).join("\n");

Deno.test("model, threads, affinity, features", () => {
  const files = fakeSystemFiles({
    "/proc/cpuinfo": CPUINFO,
    "/proc/self/status": "Name:\tdeno\nCpus_allowed:\td\nCpus_allowed_list:\t0,2-3\n",
  });
  assert.deepEqual(readProcessor(files), {
    model: "AMD EPYC 7742 64-Core Processor",
    threads: 4,
    allowedThreads: 3,
    features: ["AVX2", "AVX-512"],
  });
});

Deno.test("the container's quota in both versions of control groups; -1 and max mean none", () => {
  const quota = (texts: Record<string, string>) =>
    readProcessor(fakeSystemFiles({
      "/proc/self/cgroup": "3:cpu,cpuacct:/box\n0::/box\n",
      "/proc/self/mountinfo": "30 1 0:1 / /g2 rw - cgroup2 cgroup2 rw\n" +
        "31 1 0:2 /box /g1 rw - cgroup cgroup rw,cpu,cpuacct\n",
      ...texts,
    })).quota;
  assert.equal(quota({ "/g2/box/cpu.max": "150000 100000\n", "/g2/cpu.max": "max 100000" }), 1.5);
  assert.equal(quota({ "/g1/cpu.cfs_quota_us": "200000", "/g1/cpu.cfs_period_us": "100000" }), 2);
  assert.equal(
    quota({ "/g1/cpu.cfs_quota_us": "-1", "/g1/cpu.cfs_period_us": "100000" }),
    undefined,
  );
});

Deno.test("a system without these files tells nothing", () => {
  assert.deepEqual(readProcessor(fakeSystemFiles({})), { features: [] });
});
