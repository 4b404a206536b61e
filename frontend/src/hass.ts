/** The part of the frontend's `hass` object that the panel uses. */

export interface HassLocale {
  language: string;
  number_format: string;
  time_format: string;
  date_format: string;
  time_zone: string;
  /** A day's English name, or "language". */
  first_weekday?: string;
}

export interface HassConnection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string; [key: string]: unknown },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(event: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(event: "ready" | "disconnected", listener: () => void): void;
  sendMessagePromise?<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
  readonly connected: boolean;
}

export interface Hass {
  language: string;
  locale: HassLocale;
  config: { currency: string; time_zone: string; unit_system: { mass: string } };
  user?: { is_admin: boolean; name: string };
  enableShortcuts?: boolean;
  states?: Record<string, { state: string; attributes: Record<string, unknown> } | undefined>;
  entities?: Record<
    string,
    | { device_id?: string | null; platform?: string; hidden?: boolean; translation_key?: string }
    | undefined
  >;
  connection: HassConnection;
  callWS<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
  fetchWithAuth(path: string, init?: RequestInit): Promise<Response>;
  hassUrl(path?: string): string;
  auth: { data: { access_token: string }; expired?: boolean; refreshAccessToken?(): Promise<void> };
}

/** What the frontend tells a panel about itself. */
export interface PanelInfo {
  url_path: string;
  config: { version?: string; entry_id?: string } | null;
}
