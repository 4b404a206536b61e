import type { Hass } from "./hass";

/** What has a picture of the moment and may be seen. */
export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly device: string | null;
  /** A signed path to the picture. */
  readonly picture: string;
}

/** The cameras that a user sees, and after them the images of others than us. */
export function camerasOf(hass: Hass): CameraView[] {
  return Object.entries(hass.states ?? {})
    .flatMap(([id, state]) => {
      const entity = hass.entities?.[id];
      const picture = state?.attributes["entity_picture"];
      const isOurImage = id.startsWith("image.") && entity?.platform === "bambu_virtual_printer";
      if (!/^(camera|image)\./.test(id) || isOurImage || entity?.hidden) return [];
      if (state!.state === "unavailable" || typeof picture !== "string") return [];
      const name = state!.attributes["friendly_name"];
      return [
        {
          id,
          name: typeof name === "string" ? name : id,
          device: entity?.device_id ?? null,
          picture,
        },
      ];
    })
    .sort(
      (one, other) =>
        one.id.split(".")[0]!.localeCompare(other.id.split(".")[0]!) ||
        one.name.localeCompare(other.name),
    );
}
