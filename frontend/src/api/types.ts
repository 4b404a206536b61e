/** What the websocket API sends, as docs/panel-api.md says it. */

export type Value = string | number | Text | Text[] | { time: string } | { day: string } | { grams: number };

/** The key of a sentence of the integration's translations, and what goes into it. */
export interface Text {
  text_key: string;
  values: Record<string, Value>;
  count?: number;
}

export interface ApiError {
  code: string;
  message: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string> | null;
}

export interface Pictured {
  picture: string | null;
  picture_small: string | null;
}

export interface Downloadable extends Pictured {
  download: string | null;
}

/** What somebody may do: with a thing, or with some things at least. */
export type Right = "see" | "work" | "decide" | "delete" | "manage";

/** Who is told, and what they may do. */
export interface Viewer {
  rights: Right[];
  sends_to_archive: boolean;
}

/** Who sent something, with which button of the slicer, and what the user may do with it. */
export interface Sent {
  sender: string;
  person_id: string | null;
  /** Which Home Assistant it came in at, where several share the library. */
  instance: string | null;
  /** Its id; of archives it is not told. */
  instance_id?: string | null;
  intent: "send" | "print";
  rights: Right[];
}

export type Priority = "low" | "normal" | "high";

export interface Plan {
  target: string;
  target_name: Text | null;
  plates: number[];
  copies: number;
  hold: boolean;
  priority: Priority;
  not_before: string | null;
  due: string | null;
  options: Record<string, unknown>;
  filament_rule: FilamentRule | null;
  print_anyway: boolean;
  only_while: string | null;
  only_while_unknown: Unknown;
  cheapest_before: string | null;
  quiet_hours: OwnQuietHours | null;
  sun: OwnSun | null;
}

/** What counts while nobody knows whether a condition holds. */
export type Unknown = "hold" | "let_go";

/** A job's own quiet hours, beside those of its printer; times are those of the household's clock. */
export interface OwnQuietHours {
  from: string | null;
  until: string | null;
  schedule: string | null;
  scope: "begin" | "run";
  unknown: Unknown;
}

/** How many watts a sensor has to show for a job to begin, beside what its printer asks for. */
export interface OwnSun {
  sensor: string;
  limit: number;
  hysteresis: number;
  unknown: Unknown;
}

/** Which loaded spools may be used; `null` in a plan for what the virtual printer says. */
export type FilamentRule = "match_color" | "any_color" | "exact_preset";

/** A loaded spool that a filament could be printed with. */
export interface Fit {
  place: string;
  printer: string;
  printer_id: string;
  type: string | null;
  name: string | null;
  color: string | null;
  left_g: number | null;
  is_enough: boolean;
}

/** What a plate takes of a filament. */
export interface NeededFilament {
  filament: number;
  type: string | null;
  name: string | null;
  preset_id: string | null;
  color: string | null;
  grams: number | null;
  meters: number | null;
  nozzle: "left" | "right" | null;
  fits: Fit[];
}

/** The same of one of several files, with how many of its plates can be printed, and why it cannot be queued. */
export interface FileSpools {
  id: string;
  not_queueable: Text | null;
  plates: number;
  filaments: NeededFilament[];
}

/** What uploads and archives tell alike. */
export interface SlicedFile extends Downloadable, Sent {
  id: string;
  name: string;
  file_name: string;
  size_bytes: number;
  sha256: string;
  printer: string;
  printer_id: string;
  source_ip: string;
  received_at: string;
  title: string;
  designer: string;
  sliced_for: string;
  plate_count: number;
  print_time_s: number | null;
  filament_g: number | null;
  filament_types: string[];
  filament_colors: string[];
  cost: number | null;
  notes: string;
  tags: string[];
  favourite: boolean;
  project: string;
  link: string;
  duplicate_of: string | null;
  duplicate_count: number;
  print_count: number;
  /** How many of its copies people found good, and how many failed. */
  judged_good?: number;
  judged_failed?: number;
  last_printed_at: string | null;
  last_failure: Text | null;
}

export interface Upload extends SlicedFile {
  state: string;
  reason: Text | null;
  wrong_model: Text | null;
  /** Why it cannot be queued. */
  not_queueable?: Text | null;
  plan: Plan;
  print_requested: boolean;
}

export interface Filament {
  slot: number;
  type: string;
  color: string;
  used_g: number | null;
  used_m: number | null;
  profile: string;
}

export interface Plate extends Pictured {
  number: number;
  name: string;
  printable: boolean;
  print_time_s: number | null;
  filament_g: number | null;
  total_layers: number | null;
  height_mm: number | null;
  bed_type: string;
  support_used: boolean | null;
  filaments: Filament[];
  objects: string[];
  object_count: number;
}

/** What the file says beside its summary; absent where it could not be read. */
export interface SlicedFacts {
  slicer?: string;
  slicer_version?: string;
  printer_profile?: string;
  print_profile?: string;
  nozzle_diameters_mm?: number[];
  layer_height_mm?: number | null;
  total_layers?: number | null;
  bed_type?: string;
  bed_temperature_c?: number | null;
  nozzle_temperature_c?: number | null;
  object_count?: number;
  support_used?: boolean | null;
  filaments?: Filament[];
}

export interface UploadDetails extends Upload, SlicedFacts {
  plates: Plate[];
}

export type JobState =
  | "pending"
  | "staged"
  | "waiting"
  | "dispatching"
  | "printing"
  | "completed"
  | "failed"
  | "skipped"
  | "cancelled";

export type JobVerb =
  | "start"
  | "hold"
  | "release"
  | "complete"
  | "fail"
  | "cancel"
  | "stop"
  | "pause"
  | "resume"
  | "retry";

export type Answer = "started" | "not_started" | "finished" | "failed" | "cancelled";

export interface Job extends Downloadable, Sent {
  id: string;
  archive_id: string;
  name: string;
  file_name: string;
  printer: string;
  source_ip: string;
  state: JobState;
  position: number | null;
  waiting: null | (Text & { key: string; wrong_model: Text | null });
  status: Text;
  progress: number | null;
  phase: string | null;
  machine_id: string | null;
  printed_on: string | null;
  question: null | "did_it_start" | "how_did_it_end";
  answers: Answer[];
  problem: null | (Text & { key: string });
  problem_code: string | null;
  error: string;
  verbs: JobVerb[];
  /** Where its file is being copied to, for a person who prints it there. */
  copying?: null | { printer_id: string; progress: number | null };
  plate: number;
  plate_name: string;
  plate_count: number;
  priority: Priority;
  copies: number;
  copies_printed: number;
  /** What somebody said of the copy that was printed last. */
  verdict?: null | "good" | "failed";
  verdict_reason?: string;
  verdict_by?: string | null;
  reprint?: null | "offered" | "taken" | "declined";
  energy_kwh?: number | null;
  energy_cost?: number | null;
  target: string;
  target_name: Text | null;
  sliced_for: string;
  not_before: string | null;
  due: string | null;
  /** When it should be ready by its printer's rule, if it is not due itself. */
  ready_by: string | null;
  /** Whether `due` or `ready_by` cannot be kept. */
  is_late: boolean;
  /** When it begins, if it waits for its time alone. */
  planned_start: string | null;
  only_while: string | null;
  only_while_unknown: Unknown;
  cheapest_before: string | null;
  quiet_hours: OwnQuietHours | null;
  sun: OwnSun | null;
  options: Record<string, unknown>;
  filament_rule: FilamentRule | null;
  print_anyway: boolean;
  filaments: NeededFilament[];
  print_time_s: number | null;
  filament_g: number | null;
  filament_types: string[];
  filament_colors: string[];
  cost: number | null;
  attempts: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** Where it should print: a printer, or a model where no printer of it is known. */
  expected_on: string | null;
  expected_start: string | null;
  expected_end: string | null;
}

/** What somebody said of a print, and whether it was the first answer. */
export interface PrintVerdict {
  job_id: string;
  print_id: string;
  accepted: boolean;
  verdict: "good" | "failed";
  reprint: null | "offered" | "taken" | "declined";
  message: Text;
}

export interface Forecast {
  done_at: string | null;
  free_from: Record<string, string>;
}

export interface TargetChoice {
  id: string;
  kind: "printer" | "model";
  name: string;
  sliced_for: string;
}

export interface Options {
  currency: string;
  undo_minutes: number;
  pending_modes: boolean;
  /** The Home Assistants that share the library; none if there are not several. */
  instances?: { id: string; value: string }[];
  /** Why a shared library cannot be used now. */
  library_away: Text | null;
}

export interface LastUpload extends Pictured {
  id: string;
  name: string;
  source_ip: string;
  received_at: string;
}

export interface Live {
  phase: "unknown" | "idle" | "prepare" | "slicing" | "running" | "pause" | "finish" | "failed";
  name: string;
  percent: number | null;
  layer: number | null;
  layers: number | null;
  ends_at: string | null;
  upload_percent: number | null;
  bed_c: number | null;
  bed_target_c: number | null;
  nozzle_c: number | null;
  nozzle_target_c: number | null;
  chamber_c: number | null;
}

export interface Spool {
  place: Text;
  is_present: boolean;
  type: string;
  name: string;
  color: string | null;
  remaining_percent: number | null;
  is_active: boolean;
}

export type Power =
  | "on"
  | "off"
  | "switching_on"
  | "starting"
  | "no_report"
  | "switching_off"
  | "kept_off"
  | "switch_failed"
  | "unavailable";

export interface Printer {
  id: string;
  kind: "virtual" | "proxy" | "real";
  name: string;
  model: string;
  model_code: string;
  sliced_for: string;
  device_id: string | null;
  mode?: "immediate" | "review" | "queue" | "proxy";
  enabled?: boolean;
  status?: "running" | "problem" | "off";
  address?: string;
  problems?: { key: string; service: string; address: string; port: number; reason: Text }[];
  failure?: Text | null;
  slicers?: { ip: string; client_id: string; since: string }[];
  uploads_received?: number;
  last_upload?: LastUpload | null;
  target_id?: string | null;
  check?: null | { outcome: "ok" | "warning" | "problem"; checked_at: string };
  availability?:
    | "connecting"
    | "online"
    | "offline"
    | "lan_access_off"
    | "too_many_clients"
    | "wrong_code"
    | "wrong_serial"
    | "untrusted"
    | "certificate_changed"
    | "silent";
  is_reporting?: boolean;
  /** A signed path to its camera's pictures as they come; of one that streams video there are only stills. */
  camera?: string | null;
  still?: string | null;
  /** What goes on with its plug, where it has one. */
  power?: Power | null;
  prints_from_queue?: boolean;
  waits_for_plate?: boolean;
  plate_occupied?: boolean;
  /** The other Home Assistant that prints the queue there, empty while that is not known; null where it is this one. */
  driven_by?: string | null;
  /** What lies there; `job_id` is null for what was started elsewhere. */
  plate?: { print_id: string; job_id: string | null; name: string } | null;
  queued?: number;
  free_from?: string | null;
  job_id?: string | null;
  has_question?: boolean;
  live?: Live | null;
  spools?: Spool[];
  errors?: (Text & { code: string; severity: string | null; link: string | null })[];
}

export interface Transfer {
  id: string;
  printer_id: string;
  printer: string;
  name: string | null;
  source_ip: string;
  person_id: string | null;
  received_bytes: number;
  total_bytes: number | null;
  bytes_per_second: number;
  started_at: string;
  via: "slicer" | "browser" | "proxy";
}

export interface Stats {
  archives: number;
  archive_bytes: number;
  pending: number;
  pending_bytes: number;
  queued: number;
  active: number;
  ever_archived: number;
  ever_filament_g: number;
  ever_print_time_s: number;
  ever_cost: number;
  printed: number;
  printed_filament_g: number;
  printed_print_time_s: number;
  printed_cost: number;
  failed: number;
  free_bytes: number;
  disk_bytes: number;
  used_bytes: number;
  storage_low: boolean;
  discarded_bytes: number;
}

export interface Lists {
  inbox: Upload;
  queue: Job;
  printers: Printer;
  uploads: Transfer;
}
export type ListTopic = keyof Lists;

export interface Values {
  inbox_more: boolean;
  stats: Stats;
  forecast: Forecast;
  targets: TargetChoice[];
  options: Options;
}
export type ValueTopic = keyof Values;

type Upsert = { [T in ListTopic]: { topic: T; op: "upsert"; item: Lists[T] } }[ListTopic];
type SetValue = { [T in ValueTopic]: { topic: T; op: "set"; value: Values[T] } }[ValueTopic];
export type Change =
  | Upsert
  | { topic: ListTopic; op: "remove"; id: string }
  | { topic: ListTopic; op: "order"; ids: string[] }
  | SetValue;

export interface Snapshot extends Partial<Values> {
  type: "snapshot";
  rev: number;
  subscription: string;
  available: boolean;
  viewer?: Viewer;
  inbox?: Upload[];
  queue?: Job[];
  printers?: Printer[];
  uploads?: Transfer[];
}

export interface Delta {
  type: "delta";
  rev: number;
  ack?: true;
  changes: Change[];
}

export type Message = Snapshot | Delta;

export interface Decision {
  upload_id: string;
  name: string;
  result: "done" | "already_processed" | "failed";
  state: string;
  archive_id: string | null;
  job_ids: string[];
  error?: ApiError;
}

export interface Undo {
  ids: string[];
  until: string;
}

export interface Failure {
  id: string;
  error: ApiError;
}

export type PlanFields = Partial<
  Omit<Plan, "target_name" | "filament_rule"> & { filament_rule: FilamentRule | "printer" }
>;

export interface NoteFields {
  name?: string;
  notes?: string;
  tags?: string[];
  favourite?: boolean;
  project?: string;
  link?: string;
}

export type Verdict = "archive" | "queue" | "discard" | "send_back";

export interface Archive extends SlicedFile {
  archived_at: string;
  last_failed_at: string | null;
  /** Null until they were counted. */
  photo_count: number | null;
}

export interface Photo {
  photo_id: string;
  added_at: string;
  content_type: string;
  size_bytes: number;
  url: string;
}

export interface ArchiveDetails extends Archive, Required<SlicedFacts> {
  plates: Plate[];
  photos: Photo[];
  prints: Job[];
  exact: Archive[];
  similar: Archive[];
  not_queueable?: Text | null;
}

export interface Count {
  value: string;
  count: number;
}

export interface Facets {
  tags: Count[];
  projects: Count[];
  materials: Count[];
  colours: Count[];
  sliced_for: Count[];
  printers: (Count & { id: string })[];
  people: (Count & { id: string })[];
  /** The Home Assistants that share the library; none where there are not several. */
  instances: { id: string; value: string }[];
}

export interface ArchiveQuery {
  search?: string;
  tags?: string[];
  printer_id?: string;
  sliced_for?: string;
  project?: string;
  person?: string;
  instance?: string;
  favourite?: boolean;
  filament?: string;
  colour?: string;
  printed?: boolean;
  received_after?: string;
  received_before?: string;
  sort?: "newest" | "oldest" | "name" | "print_time" | "filament" | "size";
  limit?: number;
  cursor?: string;
  facets?: boolean;
}

export interface ArchivePage {
  archives: Archive[];
  total: number;
  /** Whether there are no more than `total`. */
  is_total_exact: boolean;
  cursor: string | null;
  facets?: Facets;
}

export interface JobPage {
  jobs: Job[];
  total: number;
  cursor: string | null;
}

export interface Connection {
  name: string;
  model: string;
  serial: string;
  address: string;
  bind_ip: string;
  ports: { name: string; port: number }[];
  ca_fingerprint: string;
  clients: { ip: string; trusts: boolean }[];
}

export interface CheckReport {
  outcome: "ok" | "warning" | "problem";
  checked_at: string;
  checks: (Text & {
    check: string;
    outcome: "ok" | "not_checked" | "warning" | "problem";
    /** Where it is read what to do. */
    link: string | null;
  })[];
}

export interface ConnectEvent {
  state: "waiting" | "not_trusted" | "wrong_code" | "connected";
  client: string | null;
}

export interface TrustCommands {
  address: string;
  commands: { windows: string; macos: string; linux: string };
}

export interface Numbers {
  files: number;
  prints: number;
  failed: number;
  print_time_s: number;
  filament_g: number;
  cost: number;
  judged_good: number;
  judged_failed: number;
  energy_kwh: number;
  energy_cost: number;
}

/** What somebody may have printed in a month, null for any amount, and how much of that is used up. */
export interface Allowance {
  person_id: string;
  name: string;
  printer: string;
  /** What they send waits for a decision. */
  reviewed: boolean;
  /** Of every file they send. */
  tags: string[];
  /** The only real printers that the queue prints their things on; all if there is none. */
  machine_ids: string[];
  filament_g: number;
  limit_g: number | null;
  print_time_s: number;
  limit_s: number | null;
}

/** What is to hold for somebody; a limit of null is none. */
export interface PersonSettings {
  reviewed: boolean;
  tags: string[];
  machine_ids: string[];
  grams_per_month: number | null;
  hours_per_month: number | null;
}

export interface PeoplePage {
  people: Allowance[];
  renews_at: string;
}

export interface StatsPage {
  series: (Numbers & { start: string })[];
  groups: Record<"materials" | "printers" | "projects" | "people", (Numbers & { value: string })[]>;
}
