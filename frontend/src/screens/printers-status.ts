import type { Live, Printer } from "../api/types";
import type { Key } from "../i18n";
import type { Tone } from "../parts/chip";

const PHASES: Record<Live["phase"], { icon: string; tone: Tone }> = {
  unknown: { icon: "mdi:help-circle-outline", tone: "neutral" },
  idle: { icon: "mdi:sleep", tone: "neutral" },
  prepare: { icon: "mdi:progress-wrench", tone: "active" },
  slicing: { icon: "mdi:progress-wrench", tone: "active" },
  running: { icon: "mdi:printer-3d-nozzle", tone: "active" },
  pause: { icon: "mdi:pause-circle", tone: "warning" },
  finish: { icon: "mdi:flag-checkered", tone: "good" },
  failed: { icon: "mdi:close-circle", tone: "bad" },
};

export interface Status {
  readonly icon: string;
  readonly key: Key;
  readonly tone: Tone;
}

/** How a real printer is: whether it can be talked to, else what it does. */
export function statusOf(printer: Printer): Status {
  const { availability, live } = printer;
  if (availability && availability !== "online") {
    const connecting = availability === "connecting";
    return {
      icon: connecting ? "mdi:lan-pending" : "mdi:lan-disconnect",
      key: `printers.availability_${availability}`,
      tone: connecting ? "neutral" : "bad",
    };
  }
  if (!printer.is_reporting || !live)
    return { icon: "mdi:lan-pending", key: "printers.availability_no_news", tone: "neutral" };
  return { ...PHASES[live.phase], key: `printers.phase_${live.phase}` };
}
