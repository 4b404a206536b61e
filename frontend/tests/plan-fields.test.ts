import { html, render } from "lit";
import { describe, expect, it, vi } from "vitest";
import type { Job, NeededFilament, Plan, PlanFields } from "../src/api/types";
import { neededFilaments } from "../src/parts/needed-filaments";
import type { QueueAsked } from "../src/parts/queue-dialog";
import "../src/parts/queue-dialog";
import { spoolRule } from "../src/parts/spool-rule";
import "../src/screens/queue-dialogs";
import type { App } from "../src/app";
import { Format } from "../src/format";
import { timingFacts } from "../src/parts/timing-fields";
import { all, fakeApp, find, OF_ALL, real, settled, show, textOf } from "./fake_app";

const { format } = fakeApp().app;

const drawn = (part: unknown): HTMLElement => {
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  render(html`${part}`, place);
  return place;
};

function enter(root: ParentNode, selector: string, value: string, event = "input"): void {
  const field = find<HTMLInputElement>(root, selector)!;
  field.value = value;
  field.dispatchEvent(new Event(event));
}

/** What is chosen as the page is drawn. */
const chosen = (select: Element) => select.querySelector<HTMLOptionElement>("option[selected]")?.value;

const press = (root: ParentNode, words: string) =>
  all(root, "button").find((each) => textOf(each) === words)!.click();

describe("the fields for spools", () => {
  it("show what holds, and tell each change with the rest as it was", () => {
    const set = vi.fn();
    const root = drawn(spoolRule(fakeApp().app, "any_color", true, set));
    const select = find<HTMLSelectElement>(root, "select")!;
    const box = find<HTMLInputElement>(root, "input")!;
    expect(chosen(select)).toBe("any_color");
    expect([...select.options].map((each) => each.value)).toEqual([
      "printer",
      "match_color",
      "any_color",
      "exact_preset",
    ]);
    expect(box.checked).toBe(true);
    select.value = "exact_preset";
    select.dispatchEvent(new Event("change"));
    expect(set).toHaveBeenLastCalledWith("exact_preset", true);
    box.checked = false;
    box.dispatchEvent(new Event("change"));
    expect(set).toHaveBeenLastCalledWith("any_color", false);
  });
});

describe("the filaments that a plate takes", () => {
  const filament = (parts: Partial<NeededFilament> = {}): NeededFilament => ({
    filament: 1,
    type: "PLA",
    name: null,
    preset_id: null,
    color: "#00AE42",
    grams: 24.6,
    meters: 8.25,
    nozzle: null,
    fits: [],
    ...parts,
  });
  const fit = (parts: object = {}) => ({
    printer: "Workshop",
    printer_id: "r1",
    place: "AMS 1",
    type: "PLA",
    name: null,
    color: null,
    left_g: null,
    is_enough: true,
    ...parts,
  });
  const text = (needed: NeededFilament[], isWaiting = true) =>
    textOf(drawn(neededFilaments(fakeApp().app, needed, isWaiting)));

  it("say how much of which, and for which nozzle", () => {
    const said = text([filament({ name: "Bambu PLA Basic", nozzle: "left" })]);
    expect(said).toContain("Bambu PLA Basic · 24.6");
    expect(said).toContain("8.25");
    expect(said).toMatch(/left/i);
  });

  it("say nothing of an amount that the file does not tell", () => {
    expect(text([filament({ grams: null, meters: null })], false)).toBe("PLA");
  });

  it("say where a spool is that fits, and how much is left on it", () => {
    const said = text([filament({ fits: [fit(), fit({ place: "AMS 2", left_g: 310 })] })]);
    expect(said).toContain("Workshop");
    expect(said).toContain("AMS 1");
    expect(said).toContain("310");
  });

  it("warn where no spool has enough, or none is loaded", () => {
    const { app } = fakeApp();
    const short = [filament({ fits: [fit({ left_g: 3, is_enough: false })] })];
    expect(text(short)).toContain(
      app.t("spools.too_little", { spool: app.t("spools.at", { printer: "Workshop", place: "AMS 1" }), left: "3" }),
    );
    for (const needed of [short, [filament()]])
      expect(find(drawn(neededFilaments(app, needed, true)), "li .fact")).not.toBeNull();
    expect(text([filament()])).toContain(app.t("spools.none"));
  });

  it("say nothing of spools once the job does not wait, and nothing at all where nothing is known", () => {
    expect(text([filament({ fits: [fit()] })], false)).not.toContain("Workshop");
    expect(text([])).toBe("");
  });
});

const DUE = "2090-12-24T16:00";
const CHEAP = "2090-12-24T06:00";
const SENSOR = "binary_sensor.sun";

/** As hands do it: each field is drawn before the next one. */
async function fill(root: ParentNode, due: string, cheapest: string, onlyWhile: string): Promise<void> {
  for (const [id, value] of [["#due", due], ["#cheapest-before", cheapest], ["#only-while", onlyWhile]]) {
    enter(root, id!, value!);
    await settled();
  }
}
const fillIn = (root: ParentNode) => fill(root, DUE, CHEAP, ` ${SENSOR} `);

describe("when a job may begin", () => {
  const subject = { name: "Vase", sliced_for: "", print_time_s: 60, filament_g: 1, cost: null, plates: [] };

  async function queued(plan: Partial<Plan> | null, change: (root: ParentNode) => void | Promise<void>) {
    const { app } = fakeApp();
    const element = await show("bvp-queue-dialog", {
      app,
      subject: { ...subject, plan: plan as Plan | null },
      targets: [],
    });
    let fields: PlanFields | undefined;
    element.addEventListener("queue", (event) => (fields = (event as CustomEvent<QueueAsked>).detail.plan));
    await change(element.renderRoot);
    await settled();
    press(element.renderRoot, app.t("queue_dialog.queue", { count: 1 }));
    return fields!;
  }

  async function edited(
    job: Partial<Job>,
    change: (root: ParentNode) => void | Promise<void>,
    words: Partial<App> = {},
  ) {
    const editJob = vi.fn(() => Promise.resolve({}));
    const app = { ...fakeApp({ editJob }).app, ...words };
    const whole = {
      id: "j", name: "Vase", copies: 1, copies_printed: 0, target: "none", priority: "normal", plate_count: 1,
      not_before: null, due: null, only_while: null, only_while_unknown: "hold", cheapest_before: null,
      quiet_hours: null, sun: null, filament_rule: null, print_anyway: false, ...OF_ALL, ...job,
    } as unknown as Job;
    const element = await show("bvp-queue-edit", { app, jobs: [whole], targets: [] });
    await change(element.renderRoot);
    await settled();
    press(element.renderRoot, app.t("queue.save"));
    await settled();
    return editJob;
  }

  const told = { due: format.fromField(DUE), cheapest_before: format.fromField(CHEAP), only_while: SENSOR };

  it("shows what is loaded for it before it is queued, asked anew for another printer", async () => {
    const spools = vi.fn((_: object, plan: { target: string }) =>
      Promise.resolve({
        filaments: [
          {
            filament: 1,
            type: "PLA",
            name: null,
            preset_id: null,
            color: "#00AE42",
            grams: 13.7,
            meters: null,
            nozzle: null,
            fits: plan.target === "r1" ? [{ printer: "Workshop", printer_id: "r1", place: "A1", type: "PLA", name: null, color: null, left_g: 200, is_enough: true }] : [],
          },
        ],
      }),
    );
    const targets = ["r1", "r2"].map((id) => ({ id, kind: "printer", name: id, sliced_for: "" }) as const);
    const { app } = fakeApp({ spools });
    app.store.guess((state) => ({ ...state, printers: [real()] }), new Promise(() => undefined));
    const element = await show("bvp-queue-dialog", {
      app,
      targets,
      subject: { name: "Box", sliced_for: "", print_time_s: 60, filament_g: 13.7, cost: null, plates: [], plan: null, file: { upload_id: "u" } },
    });
    await settled();
    expect(spools).toHaveBeenLastCalledWith({ upload_id: "u" }, expect.objectContaining({ target: "r1", copies: 1, plates: [] }));
    const rows = () => textOf(find(element.renderRoot, ".filaments")!);
    expect(rows()).toContain("Workshop");
    vi.useFakeTimers();
    try {
      all(element.renderRoot, "[name=target]")[1]!.dispatchEvent(new Event("change"));
      await element.updateComplete;
      await vi.advanceTimersByTimeAsync(1000);
    } finally {
      vi.useRealTimers();
    }
    await settled();
    expect(spools).toHaveBeenCalledTimes(2);
    // Of a printer that nobody has connected nobody knows what is loaded.
    expect(rows()).not.toMatch(/Workshop|Not loaded/);
  });

  it("is asked before it is queued", async () => {
    expect(await queued(null, fillIn)).toMatchObject(told);
  });

  it("is left to the printer's plan where nothing is said of it", async () => {
    const fields = await queued(null, () => undefined);
    expect(fields).not.toHaveProperty("only_while");
    expect(fields).not.toHaveProperty("cheapest_before");
  });

  it("can be changed while it is in line, and only what was changed is told", async () => {
    expect(await edited({}, fillIn)).toHaveBeenCalledWith("j", told);
    expect(await edited({}, () => undefined)).not.toHaveBeenCalled();
  });

  it("says in the form why it was not saved, and stays open", async () => {
    const editJob = vi.fn(() => Promise.reject({ code: "invalid_template" }));
    const { app, toasts } = fakeApp({ editJob });
    const job = { id: "j", name: "Vase", copies: 1, copies_printed: 0, target: "none", priority: "normal", plate_count: 1, not_before: null, due: null, filament_rule: null, print_anyway: false, ...OF_ALL };
    const element = await show("bvp-queue-edit", { app, jobs: [job as unknown as Job], targets: [] });
    const closed = vi.fn();
    element.addEventListener("closed", closed);
    enter(element.renderRoot, "#only-while", "{{");
    await settled();
    press(element.renderRoot, app.t("queue.save"));
    await settled();
    expect(find(element.renderRoot, "[role=alert]")!.textContent).toBe("invalid_template");
    expect(toasts).toEqual([]);
    expect(closed).not.toHaveBeenCalled();
  });

  it("is edited with the print options, of which only a changed one is told", async () => {
    const editJob = await edited({ options: { timelapse: true } }, async (root) => {
      const field = find<HTMLSelectElement>(root, "#bed_leveling")!;
      field.selectedIndex = 3;
      field.dispatchEvent(new Event("change"));
      await settled();
    });
    expect(editJob).toHaveBeenCalledWith("j", { options: { timelapse: true, bed_leveling: "auto" } });
  });

  it("is no time that is over, but may be what was there before", async () => {
    const past = format.toField(new Date(Date.now() - 3_600_000).toISOString());
    for (const field of ["#not-before", "#due", "#cheapest-before"]) {
      const editJob = await edited({}, async (root) => {
        enter(root, field, past);
        await settled();
        expect(find(root, `${field}-over`)).not.toBeNull();
      });
      expect(editJob).not.toHaveBeenCalled();
    }
    const late = await edited({ due: format.fromField(past) }, (root) => enter(root, "#copies", "2", "change"));
    expect(late).toHaveBeenCalledWith("j", { copies: 2 });
    const told = await queued(null, async (root) => {
      enter(root, "#due", past);
      await settled();
    });
    expect(told).toBeUndefined();
  });

  it("is read and written in the time zone that it is shown in", async () => {
    const locale = { language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone: "server" };
    for (const [time_zone, due, not_before] of [
      ["Asia/Kolkata", "2090-07-01T21:30", "2090-07-01T10:30:00.000Z"],
      ["America/Los_Angeles", "2090-07-01T09:00", "2090-07-01T23:00:00.000Z"],
    ] as const) {
      const there = new Format(locale, { time_zone, unit_system: { mass: "g" } }, "EUR");
      const editJob = await edited(
        { due: "2090-07-01T16:00:00+00:00" },
        async (root) => {
          expect(find<HTMLInputElement>(root, "#due")!.value).toBe(due);
          enter(root, "#not-before", "2090-07-01T16:00");
          enter(root, "#cheapest-before", "2090-07-01T16:00");
          await settled();
        },
        { format: there },
      );
      expect(editJob).toHaveBeenCalledWith("j", { not_before, cheapest_before: not_before });
    }
  });

  it("shows what holds, and takes it back", async () => {
    const job: Partial<Job> = {
      due: format.fromField(DUE), cheapest_before: format.fromField(CHEAP), only_while: SENSOR, only_while_unknown: "let_go",
    };
    const editJob = await edited(job, async (root) => {
      expect(find<HTMLInputElement>(root, "#due")!.value).toBe(format.toField(format.fromField(DUE)));
      expect(find<HTMLInputElement>(root, "#cheapest-before")!.value).toBe(CHEAP);
      expect(find<HTMLInputElement>(root, "#only-while")!.value).toBe(SENSOR);
      expect(chosen(find(root, "#only-while-unknown")!)).toBe("let_go");
      await fill(root, "", "", "");
    });
    expect(editJob).toHaveBeenCalledWith("j", { due: null, cheapest_before: null, only_while: "" });
  });

  it("asks what holds while a condition is not known only where there is one", async () => {
    const editJob = await edited({}, async (root) => {
      expect(find(root, "#only-while-unknown")).toBeNull();
      enter(root, "#only-while", SENSOR);
      await settled();
      enter(root, "#only-while-unknown", "let_go", "change");
    });
    expect(editJob).toHaveBeenCalledWith("j", { only_while: SENSOR, only_while_unknown: "let_go" });
  });

  it("may be kept out of quiet hours of the job's own, or asked for with power from the sun", async () => {
    const editJob = await edited({}, async (root) => {
      expect(find(root, "#quiet-scope")).toBeNull();
      expect(find(root, "#sun-limit")).toBeNull();
      for (const [id, value] of [
        ["#quiet-from", "22:00"], ["#quiet-until", "07:00"], ["#quiet-schedule", " schedule.night "], ["#sun-sensor", "sensor.roof"],
      ]) {
        enter(root, id!, value!);
        await settled();
      }
      enter(root, "#quiet-scope", "run", "change");
      await settled();
      enter(root, "#quiet-unknown", "let_go", "change");
      await settled();
      enter(root, "#sun-limit", "500");
      await settled();
      enter(root, "#sun-unknown", "let_go", "change");
    });
    expect(editJob).toHaveBeenCalledWith("j", {
      quiet_hours: { from: "22:00", until: "07:00", schedule: "schedule.night", scope: "run", unknown: "let_go" },
      sun: { sensor: "sensor.roof", limit: 500, hysteresis: 50, unknown: "let_go" },
    });
  });

  const own: Partial<Job> = {
    quiet_hours: { from: "22:00", until: "07:00", schedule: null, scope: "run", unknown: "hold" },
    sun: { sensor: "sensor.roof", limit: 500, hysteresis: 80, unknown: "hold" },
    only_while: SENSOR,
    cheapest_before: format.fromField(CHEAP),
  };

  it("takes back quiet hours and the sun, and tells neither where nothing changed", async () => {
    expect(await edited(own, () => undefined)).not.toHaveBeenCalled();
    const editJob = await edited(own, async (root) => {
      expect(find<HTMLInputElement>(root, "#sun-hysteresis")!.value).toBe("80");
      for (const id of ["#quiet-from", "#quiet-until", "#sun-sensor"]) {
        enter(root, id, "");
        await settled();
      }
    });
    expect(editJob).toHaveBeenCalledWith("j", { quiet_hours: null, sun: null });
  });

  it("is among what is read of a job", () => {
    const { app } = fakeApp();
    const said = textOf(drawn(timingFacts(app, { only_while_unknown: "hold", ...own } as unknown as Job)));
    for (const text of ["22:00–07:00", app.t("timing.quiet_run"), "sensor.roof, 500 W", SENSOR, app.format.moment(format.fromField(CHEAP)!)])
      expect(said).toContain(text);
    const nothing = { only_while: null, cheapest_before: null, quiet_hours: null, sun: null };
    expect(textOf(drawn(timingFacts(app, nothing as unknown as Job)))).toBe("");
  });
});
