import { expect, test } from "vitest";
import { editorLink } from "./editor-link.ts";

const at = (path: string, line: number | null = 12, column: number | null = 3) => ({ path, line, column });

test("a place opens in VS Code and Cursor with its line and column, on Unix and Windows", () => {
  expect(editorLink({ editor: "vscode", folder: "/home/ada/shop/" }, at("src/cart.ts"))).toBe(
    "vscode://file/home/ada/shop/src/cart.ts:12:3",
  );
  expect(editorLink({ editor: "cursor", folder: "C:\\code\\my shop" }, at("src/cart.ts", 12, null))).toBe(
    "cursor://file/C:/code/my%20shop/src/cart.ts:12",
  );
  expect(editorLink({ editor: "vscode", folder: "/s" }, at("a.ts", null))).toBe("vscode://file/s/a.ts");
});

test("what a stack says never leads out of the folder, nor is it anything but a path in the link", () => {
  const setting = { editor: "vscode", folder: "/home/ada/shop" } as const;
  expect(editorLink(setting, at("../../.ssh/id_rsa"))).toBeNull();
  expect(editorLink(setting, at("src\\..\\..\\x.ts"))).toBeNull();
  expect(editorLink(setting, at("/src/a b?x=1#y.ts"))).toBe(
    "vscode://file/home/ada/shop/src/a%20b%3Fx%3D1%23y.ts:12:3",
  );
  expect(editorLink({ editor: "vscode", folder: "shop" }, at("a.ts"))).toBeNull();
});
