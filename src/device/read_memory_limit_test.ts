import assert from "node:assert/strict";
import { readMemoryLimit } from "./read_memory_limit.ts";
import { fakeSystemFiles, FORBIDDEN_FILES } from "./system_files_double.ts";

const GB = 2 ** 30;
const MEMINFO = `MemTotal:       ${32 * 2 ** 20} kB
MemFree:         1000000 kB
MemAvailable:   ${20 * 2 ** 20} kB
`;
const mountinfo = (root: string, point: string, rest: string) =>
  `25 1 0:22 / /proc rw - proc proc rw\n31 23 0:28 ${root} ${point} rw,nosuid - ${rest}\n`;
const V2 = "cgroup2 cgroup2 rw";
const V1 = "cgroup cgroup rw,memory";

const forbidden = () => {
  throw new Deno.errors.NotCapable("sys");
};

Deno.test("without control groups the machine's figures count", () => {
  const files = fakeSystemFiles({ "/proc/meminfo": MEMINFO });
  assert.deepEqual(readMemoryLimit({ files }), {
    totalBytes: 32 * GB,
    availableBytes: 20 * GB,
  });
});

Deno.test("version 2: a container that sees its own group as the topmost", () => {
  const files = fakeSystemFiles({
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "0::/\n",
    "/proc/self/mountinfo": mountinfo("/", "/sys/fs/cgroup", V2),
    "/sys/fs/cgroup/memory.max": `${4 * GB}\n`,
    "/sys/fs/cgroup/memory.current": `${3 * GB}\n`,
    "/sys/fs/cgroup/memory.stat": `anon ${GB}\nfile ${2 * GB}\ninactive_file ${GB}\nactive_file ${
      GB / 2
    }\n`,
  });
  assert.deepEqual(readMemoryLimit({ files }), {
    limitBytes: 4 * GB,
    totalBytes: 32 * GB,
    // What the page cache holds can be dropped: 4 - (3 - 1.5).
    availableBytes: 2.5 * GB,
  });
});

Deno.test("version 2: the smallest limit on the way up counts, and the least room", () => {
  const files = fakeSystemFiles({
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "0::/kube/pod1/inner\n",
    "/proc/self/mountinfo": mountinfo("/", "/sys/fs/cgroup", V2),
    "/sys/fs/cgroup/kube/pod1/inner/memory.max": "max\n",
    "/sys/fs/cgroup/kube/pod1/memory.max": `${6 * GB}\n`,
    "/sys/fs/cgroup/kube/pod1/memory.current": `${GB}\n`,
    "/sys/fs/cgroup/kube/memory.max": `${8 * GB}\n`,
    "/sys/fs/cgroup/kube/memory.current": `${7 * GB}\n`,
  });
  assert.deepEqual(readMemoryLimit({ files }), {
    limitBytes: 6 * GB,
    totalBytes: 32 * GB,
    availableBytes: GB,
  });
});

Deno.test("version 1: the group is named in full and mounted as the whole hierarchy", () => {
  const files = fakeSystemFiles({
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "12:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n",
    "/proc/self/mountinfo": mountinfo("/docker/abc", "/sys/fs/cgroup/memory", V1),
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${2 * GB}\n`,
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${1.5 * GB}\n`,
    "/sys/fs/cgroup/memory/memory.stat":
      `inactive_file 0\nactive_file 0\ntotal_inactive_file ${GB}\ntotal_active_file 0\n`,
  });
  assert.deepEqual(readMemoryLimit({ files }), {
    limitBytes: 2 * GB,
    totalBytes: 32 * GB,
    availableBytes: 1.5 * GB,
  });
});

Deno.test("version 1: the largest number means no limit", () => {
  const files = fakeSystemFiles({
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "4:memory:/user/x\n",
    "/proc/self/mountinfo": mountinfo("/", "/sys/fs/cgroup/memory", V1),
    "/sys/fs/cgroup/memory/user/x/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/user/x/memory.usage_in_bytes": "1\n",
  });
  assert.equal(readMemoryLimit({ files }).limitBytes, undefined);
});

Deno.test("usage beyond the limit leaves nothing, not less than nothing", () => {
  const files = fakeSystemFiles({
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "0::/\n",
    "/proc/self/mountinfo": mountinfo("/", "/sys/fs/cgroup", V2),
    "/sys/fs/cgroup/memory.max": `${GB}\n`,
    "/sys/fs/cgroup/memory.current": `${2 * GB}\n`,
  });
  assert.equal(readMemoryLimit({ files }).availableBytes, 0);
});

Deno.test("without permission for the kernel's files Deno's own figures are taken", () => {
  const systemMemory = () => ({ total: 8 * GB, available: 5 * GB });
  assert.deepEqual(readMemoryLimit({ files: FORBIDDEN_FILES, systemMemory }), {
    totalBytes: 8 * GB,
    availableBytes: 5 * GB,
  });
  assert.throws(
    () => readMemoryLimit({ files: FORBIDDEN_FILES, systemMemory: forbidden }),
    Deno.errors.NotCapable,
  );
});

Deno.test("what can't be measured is absent", () => {
  const systemMemory = () => ({ total: 0, available: 0 });
  assert.deepEqual(readMemoryLimit({ files: fakeSystemFiles({}), systemMemory }), {});
});
