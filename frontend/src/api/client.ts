import type { Hass } from "../hass";
import type {
  Allowance,
  Answer,
  Archive,
  ArchiveDetails,
  ArchivePage,
  ArchiveQuery,
  CheckReport,
  ConnectEvent,
  Connection,
  Decision,
  Failure,
  FileSpools,
  Job,
  JobPage,
  JobVerb,
  NeededFilament,
  NoteFields,
  PeoplePage,
  Photo,
  PersonSettings,
  PlanFields,
  Printer,
  PrintVerdict,
  StatsPage,
  TrustCommands,
  Undo,
  UploadDetails,
  Verdict,
} from "./types";

const DOMAIN = "bambu_virtual_printer";

/** The commands of docs/panel-api.md. Each rejects with an `ApiError`. */
export class Client {
  constructor(private readonly hass: () => Hass) {}

  private do<T>(command: string, fields: object = {}): Promise<T> {
    return this.hass().callWS<T>({ type: `${DOMAIN}/${command}`, ...fields });
  }

  upload = (upload_id: string) => this.do<UploadDetails>("upload/get", { upload_id });

  editUpload = (upload_id: string, changes: NoteFields & PlanFields) =>
    this.do<{ results: Decision[] }>("upload/edit", { upload_id, ...changes });

  decide = (
    upload_ids: string[],
    verb: Verdict,
    fields: { note?: string } & NoteFields & PlanFields = {},
  ) =>
    this.do<{ results: Decision[]; undo: Undo | null }>("upload/decide", {
      upload_ids,
      verb,
      ...fields,
    });

  undo = (ids: string[]) =>
    this.do<{ results: { id: string; result: string }[]; failed: Failure[] }>("undo", { ids });

  archives = (query: ArchiveQuery) => this.do<ArchivePage>("archive/list", query);

  /** What archives can be chosen by. */
  facets = async () =>
    (await this.do<ArchivePage>("archive/list", { limit: 1, facets: true })).facets;

  exportArchives = (query: ArchiveQuery, format: "csv" | "xlsx") =>
    this.do<{ url: string; count: number }>("archive/export", { ...query, format });

  archive = (archive_id: string) => this.do<ArchiveDetails>("archive/get", { archive_id });

  updateArchives = (archive_ids: string[], changes: NoteFields) =>
    this.do<{ archives: Archive[]; failed: Failure[] }>("archive/update", {
      archive_ids,
      ...changes,
    });

  deleteArchives = (archive_ids: string[], purge = false) =>
    this.do<{ deleted: string[]; failed: Failure[]; undo: Undo | null }>("archive/delete", {
      archive_ids,
      ...(purge ? { purge } : {}),
    });

  /** What jobs that are only planned take of each filament, and which loaded spools fit. */
  spools = (
    file: { archive_id: string } | { upload_id: string },
    plan: Pick<PlanFields, "plates" | "copies" | "filament_rule" | "print_anyway"> & { target: string },
  ) => this.do<{ filaments: NeededFilament[] }>("plan/spools", { ...file, ...plan });

  /** The same of all plates of several files, and which of them cannot be queued. */
  spoolsOfSeveral = (
    files: { archive_ids: string[] } | { upload_ids: string[] },
    plan: Pick<PlanFields, "copies" | "filament_rule" | "print_anyway"> & { target: string },
  ) => this.do<{ files: FileSpools[]; failed: Failure[] }>("plan/spools", { ...files, ...plan });

  restoreArchives = (archive_ids: string[]) =>
    this.do<{ archives: Archive[]; failed: Failure[] }>("archive/restore", { archive_ids });

  queueArchive = (archive_id: string, plan: PlanFields = {}) =>
    this.do<{ jobs: Job[] }>("archive/queue", { archive_id, ...plan });

  /** Have the picture that a camera sees now kept as a photo. */
  takePhoto = (archive_id: string, entity_id: string) =>
    this.do<Photo>("archive/add_photo", { archive_id, entity_id });

  removePhoto = (archive_id: string, photo_id: string) =>
    this.do<null>("archive/remove_photo", { archive_id, photo_id });

  job = (job_id: string) => this.do<Job>("job/get", { job_id });

  history = (limit: number, cursor: string | null, person: string, instance: string) =>
    this.do<JobPage>("job/history", {
      limit,
      ...(cursor ? { cursor } : {}),
      ...(person ? { person } : {}),
      ...(instance ? { instance } : {}),
    });

  editJob = (
    job_id: string,
    changes: Pick<
      PlanFields,
      | "target"
      | "copies"
      | "priority"
      | "not_before"
      | "due"
      | "options"
      | "filament_rule"
      | "print_anyway"
      | "only_while"
      | "only_while_unknown"
      | "cheapest_before"
      | "quiet_hours"
      | "sun"
    >,
  ) => this.do<Job>("job/edit", { job_id, ...changes });

  moveJob = (job_id: string, after_id: string | null) =>
    this.do<Job>("job/move", { job_id, after_id });

  doJobs = (
    job_ids: string[],
    verb: JobVerb | "uncancel",
    fields: { reason?: string; confirm?: boolean } = {},
  ) => this.do<{ jobs: Job[]; failed: Failure[] }>("job/verb", { job_ids, verb, ...fields });

  /** Copy a job's file to a real printer, for a person who starts it there; it is there when this resolves. */
  copyToPrinter = (job_id: string, printer_id: string) =>
    this.do<Job & { copied_as: string }>("job/copy_to_printer", { job_id, printer_id });

  answer = (job_id: string, answer: Answer) => this.do<Job>("job/answer", { job_id, answer });

  connection = (printer_id: string) => this.do<Connection>("printer/connection", { printer_id });

  secret = (printer_id: string) =>
    this.do<{ access_code: string }>("printer/secret", { printer_id });

  check = (printer_id: string) => this.do<CheckReport>("printer/check", { printer_id });

  setPrinter = (
    printer_id: string,
    changes: { enabled: boolean } | { mode: NonNullable<Printer["mode"]> },
  ) => this.do<Printer>("printer/set", { printer_id, ...changes });

  clearPlate = (
    printer_id: string,
    fields: { print_id?: string; verdict?: "good" | "failed"; reason?: string; reprint?: boolean } = {},
  ) =>
    this.do<Printer & { verdict: PrintVerdict | null }>("printer/clear_plate", {
      printer_id,
      ...fields,
    });

  /** Answer the offer to print a failed copy again. */
  reprint = (job_id: string, reprint: boolean, print_id?: string) =>
    this.do<PrintVerdict>("job/reprint", { job_id, reprint, ...(print_id ? { print_id } : {}) });

  /** Say how the last copy of a job came out. */
  judge = (job_id: string, verdict: "good" | "failed", reason = "") =>
    this.do<PrintVerdict>("job/judge", { job_id, verdict, ...(reason ? { reason } : {}) });

  /** Watch a slicer connect; returns how to end that. */
  connect = (printer_id: string, callback: (event: ConnectEvent) => void) =>
    this.hass().connection.subscribeMessage<ConnectEvent>(callback, {
      type: `${DOMAIN}/printer/connect`,
      printer_id,
    });

  trustCommands = () => this.do<TrustCommands>("trust/commands");

  stats = (by: "day" | "week" | "month", from?: string, to?: string) =>
    this.do<StatsPage>("stats", { by, ...(from ? { from } : {}), ...(to ? { to } : {}) });

  people = () => this.do<PeoplePage>("people/list");

  changePerson = (person_id: string, settings: PersonSettings) =>
    this.do<Allowance>("people/change", { person_id, ...settings });

  addPhoto = async (archive_id: string, file: Blob): Promise<void> => {
    const response = await this.hass().fetchWithAuth(
      `/api/${DOMAIN}/archives/${encodeURIComponent(archive_id)}/photos`,
      { method: "POST", body: file, headers: { "Content-Type": file.type } },
    );
    if (!response.ok) throw await response.json();
  };
}
