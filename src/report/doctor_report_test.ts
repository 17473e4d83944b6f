import assert from "node:assert/strict";
import type { Check } from "../device/doctor_check.ts";
import { doctorReportJson, hasProblem, renderDoctorReport } from "./doctor_report.ts";

const CHECKS: Check[] = [
  { id: "versions", title: "houqa", state: "ok", summary: "houqa 1.0", data: { x: 1 } },
  {
    id: "device_cuda",
    title: "Device cuda",
    state: "problem",
    summary: "does not start:\n\x1b[1;31mbad\x1b[m  thing\n",
    details: ["more"],
    advice: "Run `houqa setup cuda`.",
  },
  { id: "ollama", title: "Ollama", state: "note", summary: "not there" },
];

Deno.test("the report for people", () => {
  assert.equal(
    renderDoctorReport(CHECKS, false),
    [
      "ok       houqa        houqa 1.0",
      "problem  Device cuda  does not start: bad thing",
      "                      more",
      "                      -> Run `houqa setup cuda`.",
      "note     Ollama       not there",
      "",
      "1 problem, 1 note.",
    ].join("\n"),
  );
  const colored = renderDoctorReport(CHECKS, true);
  assert.ok(colored.includes("\x1b[31mproblem  \x1b[0mDevice"));
  assert.match(renderDoctorReport(CHECKS.slice(0, 1), false), /\n\nNo problem found\.$/);
  assert.match(renderDoctorReport([CHECKS[2]!], false), /No problem found \(1 note\)\.$/);
});

Deno.test("the report for scripts", () => {
  const parsed = JSON.parse(doctorReportJson(CHECKS));
  assert.deepEqual(parsed.checks[0], {
    id: "versions",
    state: "ok",
    summary: "houqa 1.0",
    data: { x: 1 },
  });
  assert.deepEqual([parsed.ok, parsed.schema_version], [false, 1]);
  assert.ok(hasProblem(CHECKS) && !hasProblem(CHECKS.slice(2)));
});
