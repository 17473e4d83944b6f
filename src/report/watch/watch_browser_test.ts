import { chromiumChecks } from "../html/chromium_checks_double.ts";

chromiumChecks("report --watch", ["watch_browser_checks.ts"], import.meta.url, 3);
