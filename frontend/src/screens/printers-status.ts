import type { Job, Live, Power, Printer, Text } from "../api/types";
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

const POWERS: Record<Power, { icon: string; tone: Tone }> = {
  on: { icon: "mdi:power-plug", tone: "neutral" },
  off: { icon: "mdi:power-plug-off-outline", tone: "neutral" },
  switching_on: { icon: "mdi:power-plug-outline", tone: "active" },
  starting: { icon: "mdi:power-plug-outline", tone: "active" },
  no_report: { icon: "mdi:power-plug", tone: "warning" },
  switching_off: { icon: "mdi:power-plug-off-outline", tone: "active" },
  kept_off: { icon: "mdi:power-plug-off-outline", tone: "neutral" },
  switch_failed: { icon: "mdi:power-plug-off", tone: "bad" },
  unavailable: { icon: "mdi:power-plug-off", tone: "bad" },
};
/** Those in which a printer is not to be reached, as it should be. */
const WITHOUT: readonly Power[] = ["off", "kept_off", "switching_on", "starting", "switching_off"];

/** What goes on with a printer's plug. */
export function powerStatus(power: Power): Status {
  return { ...POWERS[power], key: `printers.power_${power}` };
}

/** Whether a printer is not to be reached because it has no power, or has had it only for a moment. */
export function isUnpowered({ power }: Printer): boolean {
  return Boolean(power && WITHOUT.includes(power));
}

/** How a real printer is: whether it can be talked to, else what it does. */
export function statusOf(printer: Printer): Status {
  const { availability, live } = printer;
  if (availability && availability !== "online") {
    const connecting = availability === "connecting";
    return {
      icon: connecting ? "mdi:lan-pending" : "mdi:lan-disconnect",
      key: `printers.availability_${availability}`,
      tone: connecting || isUnpowered(printer) ? "neutral" : "bad",
    };
  }
  if (!printer.is_reporting || !live)
    return { icon: "mdi:lan-pending", key: "printers.availability_no_news", tone: "neutral" };
  return { ...PHASES[live.phase], key: `printers.phase_${live.phase}` };
}

/** Why the next job that is meant for a printer, or for all of its model, does not begin. */
export function nextWaiting(queue: readonly Job[], { id, model_code }: Printer): Text | null {
  const waiting = queue.filter((job) => job.waiting && !job.question);
  const next =
    waiting.find((job) => job.target === id) ?? waiting.find((job) => job.target === model_code);
  return next?.waiting ?? null;
}
