import { chromiumChecks } from "./chromium_checks_double.ts";

const FILES = ["report_browser_checks.ts", "report_keyboard_checks.ts"];
chromiumChecks("the page", FILES, import.meta.url, 9);
