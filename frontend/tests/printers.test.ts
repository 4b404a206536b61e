import { describe, expect, it, vi } from "vitest";
import type { Job, Live, Printer } from "../src/api/types";
import type { Route } from "../src/app";
import "../src/screens/printers";
import { isWebLink } from "../src/links";
import { all, fakeApp, find, live, real, settled, show, textOf, virtual } from "./fake_app";

const route: Route = { tab: "printers", id: null, query: new URLSearchParams() };
const printing: Live = {
  phase: "running",
  name: "Planter",
  percent: 62,
  layer: 40,
  layers: 88,
  ends_at: null,
  upload_percent: null,
  bed_c: 54.6,
  bed_target_c: 55,
  nozzle_c: 220,
  nozzle_target_c: 220,
  chamber_c: null,
};

async function screen(printers: Printer[], api = {}, isAdmin = true) {
  const { app, toasts } = fakeApp(api, isAdmin);
  const element = await show("bvp-printers", { app, state: live({ printers }), route });
  return { element, app, toasts, root: element.renderRoot as ShadowRoot };
}

const byLabel = (root: ParentNode, label: string) =>
  find<HTMLButtonElement>(root, `[aria-label="${label}"]`)!;

describe("the screen of printers", () => {
  it("shows an access code to administrators when they ask, and hides it again", async () => {
    const secret = vi.fn(() => Promise.resolve({ access_code: "abcd1234" }));
    const { root } = await screen([virtual()], { secret });
    expect(textOf(root)).not.toContain("abcd1234");
    expect(secret).not.toHaveBeenCalled();
    byLabel(root, "Show access code").click();
    await settled();
    expect(textOf(root)).toContain("abcd1234");
    byLabel(root, "Hide access code").click();
    await settled();
    expect(textOf(root)).not.toContain("abcd1234");
  });

  it("shows nobody else an access code, a switch, a mode to choose or ways to add printers", async () => {
    const { root } = await screen([virtual(), real()], {}, false);
    expect(find(root, "select")).toBeNull();
    expect(find(root, "[role=switch]")).toBeNull();
    expect(textOf(root)).not.toMatch(/Access code|Add virtual printer|Connect a slicer/);
    expect(textOf(root)).toContain("Review");
  });

  it("shows what the camera sees, and nothing where there is no picture", async () => {
    const { root } = await screen([real({ camera: "/api/camera_proxy_stream/camera.x?authSig=1" })]);
    const picture = find<HTMLImageElement>(root, "img.camera")!;
    expect(picture.getAttribute("src")).toBe("/api/camera_proxy_stream/camera.x?authSig=1");
    expect(picture.alt).toBe("What the camera of Workshop sees");
    picture.dispatchEvent(new Event("error"));
    await settled();
    expect(find(root, "img.camera")).toBeNull();
    const { root: without } = await screen([real({ camera: null })]);
    expect(find(without, "img.camera")).toBeNull();
  });

  it("shows the mode that is, after another was refused", async () => {
    const setPrinter = vi.fn(() => Promise.reject({ code: "refused" }));
    const { root, toasts } = await screen([virtual()], { setPrinter });
    const select = find<HTMLSelectElement>(root, "select")!;
    select.value = "queue";
    select.dispatchEvent(new Event("change"));
    await settled();
    expect(setPrinter).toHaveBeenCalledWith("v1", { mode: "queue" });
    expect(toasts).toEqual(["refused"]);
    expect(select.value).toBe("review");
  });

  it("says what is wrong with a port in the integration's own words", async () => {
    const { root } = await screen([
      virtual({
        status: "problem",
        problems: [
          { key: "port_in_use", service: "ftps", address: "10.0.0.1", port: 990, reason: { text_key: "os_address_in_use", values: {} } },
        ],
      }),
    ]);
    expect(textOf(root)).toContain('check_port_in_use {"address":"10.0.0.1","port":"990"');
    expect(textOf(root)).toContain("Problem");
  });

  it("shows what a real printer prints, how warm it is and what stands in the way", async () => {
    const { root } = await screen([
      real({
        live: printing,
        plate_occupied: true,
        errors: [
          { text_key: "printer_error", values: {}, code: "0300_4000", severity: null, link: "javascript:alert(1)" },
        ],
      }),
    ]);
    const text = textOf(root);
    expect(text).toContain("Planter");
    expect(text).toContain("62%");
    expect(text).toContain("layer 40 of 88");
    expect(text).toContain("55°C of 55°C");
    expect(text).toContain("0300_4000");
    expect(find(root, ".errors a")).toBeNull();
    const bar = find<HTMLProgressElement>(root, "progress")!;
    expect(bar.getAttribute("aria-valuetext")).toContain("62%");
  });

  it("claims nothing of a printer that does not report", async () => {
    const { root } = await screen([
      real({ availability: "offline", is_reporting: false, live: printing }),
    ]);
    const text = textOf(root);
    expect(text).not.toContain("62%");
    expect(text).not.toContain("55°C");
    expect(text).toContain("Offline");
    expect(text).toContain('waiting_offline_offline {"printer":"Workshop"}');
  });

  it("tells the server that a plate is cleared", async () => {
    const clearPlate = vi.fn(() => Promise.resolve(real()));
    const { root } = await screen([real({ plate_occupied: true })], { clearPlate });
    find<HTMLButtonElement>(root, ".plate button")!.click();
    expect(clearPlate).toHaveBeenCalledWith("r1", {});
    // Nothing is kept of what was started elsewhere, so nothing is asked about it.
    expect(textOf(root)).not.toContain("Cleared and good");
  });

  const message = { text_key: "reprint_offered", values: {} };
  const said = { job_id: "j", print_id: "p", accepted: true, verdict: "failed", message };
  const occupied = real({
    plate_occupied: true,
    plate: { print_id: "p", job_id: "j", name: "Vase" },
  });
  const plain = (root: ParentNode, words: string) =>
    [...all(root, "button")].find((each) => textOf(each).includes(words))!;

  it.each([
    ["Print it again", true],
    ["Do not print it again", false],
  ] as const)("asks why a print failed and whether to print it again, and tells both at once: %s", async (words, reprint) => {
    const clearPlate = vi.fn(() =>
      Promise.resolve({ verdict: { ...said, reprint: reprint ? "taken" : "declined" } }),
    );
    const { root, toasts, element } = await screen([occupied], { clearPlate });
    (element as unknown as { state: object }).state = live({
      printers: [occupied], viewer: { rights: ["see", "work", "decide"], sends_to_archive: true },
    });
    await settled();
    plain(root, "Failed…").click();
    await settled();
    const field = find<HTMLTextAreaElement>(root, "textarea")!;
    field.value = "Warped";
    field.dispatchEvent(new Event("input"));
    plain(find(root, "bvp-text-dialog")!.shadowRoot!, "Failed").click();
    await settled();
    // The next job may not begin before that is decided.
    expect(clearPlate).not.toHaveBeenCalled();
    plain(root, words).click();
    await settled();
    expect(clearPlate).toHaveBeenCalledExactlyOnceWith("r1", { print_id: "p", verdict: "failed", reason: "Warped", reprint });
    expect(toasts).toHaveLength(1);
    expect(find(root, "bvp-text-dialog")).toBeNull();
  });

  it("lets who may not decide only say that a print failed", async () => {
    const clearPlate = vi.fn(() => Promise.resolve({ verdict: { ...said, reprint: null } }));
    const { root } = await screen([occupied], { clearPlate });
    plain(root, "Failed…").click();
    await settled();
    plain(root, "Cleared, failed").click();
    await settled();
    expect(clearPlate).toHaveBeenCalledWith("r1", { print_id: "p", verdict: "failed" });
    expect(find(root, "bvp-text-dialog")).toBeNull();
  });

  it("tells who answers later what was answered before", async () => {
    const clearPlate = vi.fn(() =>
      Promise.resolve({ verdict: { ...said, accepted: false, reprint: "offered" } }),
    );
    const { root, toasts } = await screen([occupied], { clearPlate });
    plain(root, "Cleared and good").click();
    await settled();
    expect(clearPlate).toHaveBeenCalledWith("r1", { print_id: "p", verdict: "good" });
    expect(toasts).toHaveLength(1);
    expect(find(root, "bvp-text-dialog")).toBeNull();
  });

  it.each([
    ["off", "Power: Off", ""],
    ["switching_on", "Power: Being switched on", ""],
    ["kept_off", "Power: Kept off", 'waiting_power_kept_off {"printer":"Workshop"}'],
    ["switch_failed", "Power: Switch failed", 'waiting_power_switch_failed {"printer":"Workshop"}'],
  ] as const)("says of a plug that is %s what goes on with it", async (power, shown, sentence) => {
    const { root } = await screen([real({ availability: "offline", is_reporting: false, power })]);
    const text = textOf(root);
    expect(text).toContain(shown);
    expect(text).toContain(sentence);
    // That it cannot be reached is nothing somebody has to see to.
    expect(text).not.toContain("waiting_offline");
  });

  it("says nothing of the power of a printer without a plug", async () => {
    const { root } = await screen([real({ power: null })]);
    expect(textOf(root)).not.toContain("Power");
  });

  it("says why the next job that is meant for it does not begin", async () => {
    const { app } = fakeApp();
    const waits = (id: string, target: string, text_key: string) =>
      ({ id, target, question: null, waiting: { text_key, values: {}, key: "x", wrong_model: null } }) as unknown as Job;
    const queue = [waits("a", "v1", "other"), waits("b", "r1", "filament"), waits("c", "r1", "late")];
    const state = live({ printers: [real()], queue });
    const { renderRoot } = await show("bvp-printers", { app, state, route });
    expect(textOf(renderRoot)).toContain("filament {}");
    expect(textOf(renderRoot)).not.toMatch(/other|late/);
  });

  it("says but once why a printer and its next job wait", async () => {
    const { app } = fakeApp();
    const sentence = { text_key: "waiting_power_kept_off", values: { printer: "Workshop" } };
    const job = { id: "a", target: "r1", question: null, waiting: { ...sentence, key: "offline" } } as unknown as Job;
    const state = live({ printers: [real({ power: "kept_off" })], queue: [job] });
    const { renderRoot } = await show("bvp-printers", { app, state, route });
    expect(textOf(renderRoot).split("waiting_power_kept_off")).toHaveLength(2);
  });

  it("can do nothing while the connection is lost", async () => {
    const { app } = fakeApp();
    const element = await show("bvp-printers", {
      app,
      state: { ...live({ printers: [virtual(), real({ plate_occupied: true })] }), connection: "lost" },
      route,
    });
    const root = element.renderRoot;
    for (const selector of ["select", "[role=switch]", ".plate button", "footer button"])
      expect(find<HTMLButtonElement>(root, selector)!.disabled, selector).toBe(true);
  });

  it("follows nothing but addresses of the web", () => {
    expect(isWebLink("https://e.bambulab.com/x")).toBe(true);
    expect(isWebLink("javascript:alert(1)")).toBe(false);
    expect(isWebLink(null)).toBe(false);
  });
});

describe("the setup check", () => {
  it("does not say that all passed where something could not be checked", async () => {
    const check = vi.fn(() =>
      Promise.resolve({
        outcome: "ok",
        checked_at: "2026-11-29T10:00:00+00:00",
        checks: [
          { text_key: "fine", values: {}, check: "a", outcome: "ok" },
          { text_key: "nobody", values: {}, check: "b", outcome: "not_checked" },
        ],
      }),
    );
    const { app } = fakeApp({ check });
    const element = await show("bvp-check-dialog", { app, printer: virtual() });
    const text = textOf(element.renderRoot);
    expect(text).toContain("Nothing is wrong as far as can be checked from here");
    expect(text).not.toContain("passed,");
    expect(text.indexOf("nobody")).toBeLessThan(text.indexOf("fine"));
  });

  it("shows problems first, each outcome in a word", async () => {
    const check = () =>
      Promise.resolve({
        outcome: "problem",
        checked_at: "2026-11-29T08:00:00+00:00",
        checks: [
          { text_key: "fine", values: {}, check: "a", outcome: "ok" },
          { text_key: "check_not_trusted", values: {}, check: "b", outcome: "problem", link: "https://x/y" },
        ],
      });
    const { app } = fakeApp({ check });
    const element = await show("bvp-check-dialog", { app, printer: virtual() });
    await settled();
    const link = find<HTMLAnchorElement>(element.renderRoot, "li a")!;
    expect([link.href, textOf(link)]).toEqual(["https://x/y", "What to do"]);
    const asked = vi.fn();
    element.addEventListener("connect", asked);
    find(element.renderRoot, "li button")!.click();
    expect(asked).toHaveBeenCalledOnce();
    const text = textOf(element.renderRoot);
    expect(text.indexOf("not_trusted")).toBeLessThan(text.indexOf("fine"));
    expect(text).toMatch(/Failed ?: check_not_trusted/);
    expect(text).toContain("1 check needs attention");
  });
});

describe("the dialog that connects a slicer", () => {
  const steps = {
    connect: () => Promise.resolve(() => Promise.resolve()),
    trustCommands: () => Promise.resolve({ address: "", commands: {} }),
    connection: () =>
      Promise.resolve({ name: "Garage", address: "10.0.0.1", serial: "01P00A0", ports: [], clients: [] }),
  };

  it("has the access code beside what else a slicer asks for, for administrators who want to see it", async () => {
    const secret = vi.fn(() => Promise.resolve({ access_code: "abcd1234" }));
    const { app } = fakeApp({ ...steps, secret });
    const { renderRoot } = await show("bvp-connect-dialog", { app, printer: virtual() });
    await settled();
    expect(secret).not.toHaveBeenCalled();
    byLabel(renderRoot, "Show access code").click();
    await settled();
    expect(textOf(renderRoot)).toContain("abcd1234");
    byLabel(renderRoot, "Hide access code").click();
    await settled();
    expect(textOf(renderRoot)).not.toContain("abcd1234");
  });

  it("has no access code for others, and none of a proxy, whose printer has one", async () => {
    const { app } = fakeApp(steps, false);
    const other = await show("bvp-connect-dialog", { app, printer: virtual() });
    await settled();
    expect(textOf(other.renderRoot)).toContain("01P00A0");
    expect(textOf(other.renderRoot)).not.toContain("Access code");
    const { app: admin } = fakeApp(steps);
    const proxy = await show("bvp-connect-dialog", { app: admin, printer: virtual({ kind: "proxy" }) });
    await settled();
    expect(textOf(proxy.renderRoot)).not.toContain("Access code");
  });

  it("follows what happens, and ends that when it closes", async () => {
    const end = vi.fn(() => Promise.resolve());
    let tell!: (event: object) => void;
    const { app } = fakeApp({
      connect: (_: string, callback: (event: object) => void) => {
        tell = callback;
        return Promise.resolve(end);
      },
      trustCommands: () =>
        Promise.resolve({ address: "", commands: { windows: "irm x", macos: "curl m", linux: "curl l" } }),
      connection: () =>
        Promise.resolve({ name: "Garage", address: "10.0.0.1", serial: "01P00A0", ports: [], clients: [] }),
    });
    const element = await show("bvp-connect-dialog", { app, printer: virtual() });
    await settled();
    expect(textOf(element.renderRoot)).toContain("Waiting for a slicer to connect to Garage");
    tell({ state: "not_trusted", client: "10.0.0.50" });
    await settled();
    expect(textOf(element.renderRoot)).toContain("10.0.0.50 does not trust the certificate");
    find<HTMLButtonElement>(element.renderRoot, "#tab-windows")!.click();
    await settled();
    expect(textOf(element.renderRoot)).toContain("irm x");
    element.remove();
    await settled();
    expect(end).toHaveBeenCalled();
  });
});
