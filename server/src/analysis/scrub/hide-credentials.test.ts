import { expect, test } from "vitest";
import { hideCredentials } from "./hide-credentials.ts";

test.each([
  ["https://bob:hunter2@git.example.org/shop.git", "https://…@git.example.org/shop.git"],
  ["https://ghp_abc@git.example.org/shop.git", "https://…@git.example.org/shop.git"],
  ["https://bob:hun@ter2@git.example.org/shop.git", "https://…@git.example.org/shop.git"],
  ["https://bob:hun/ter2@git.example.org/shop.git", "https://…@git.example.org/shop.git"],
  ["https://git.example.org/shop.git?private_token=abc", "https://git.example.org/shop.git?…"],
  [
    "fatal: unable to access 'https://bob:hunter2@h/x.git/': no route, http://a:b@c/",
    "fatal: unable to access 'https://…@h/x.git/': no route, http://…@c/",
  ],
  ["bob:hunter2@host:shop.git", "…@host:shop.git"],
])("of %s is shown %s", (text, shown) => {
  expect(hideCredentials(text)).toBe(shown);
});

test.each([
  "/srv/shop",
  "https://git.example.org:8443/team/@scope/shop.git",
  "http://[::1]:80/x.git",
  "git@host:team/shop.git",
])("%s holds none and stays", (text) => {
  expect(hideCredentials(text)).toBe(text);
});
