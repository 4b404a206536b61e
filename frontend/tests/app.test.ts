import { describe, expect, it } from "vitest";
import { errorKey } from "../src/app";

describe("the panel's own words for an error", () => {
  it("say that the connection was lost while a command was under way", () => {
    const lost = { type: "result", success: false, error: { code: 3, message: "Connection lost" } };
    expect(errorKey(lost)).toBe("connection.lost");
    expect(errorKey(3)).toBe("connection.lost");
  });

  it("go by the code that the server gives, else say that nobody knows", () => {
    expect(errorKey({ code: "unauthorized", message: "" })).toBe("error.unauthorized");
    expect(errorKey({ code: "unknown_error", message: "" })).toBe("error.unknown");
    expect(errorKey(new Error("x"))).toBe("error.unknown");
  });
});
