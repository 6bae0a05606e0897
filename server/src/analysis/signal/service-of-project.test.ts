import { expect, test } from "vitest";
import { serviceOfProject } from "./service-of-project.ts";

test.each([
  ["shop", "shop"],
  ["My Shop", "my-shop"],
  ["my_shop.eu", "my-shop-eu"],
  ["Лавка 2", "лавка-2"],
])("the project %s is the service %s, and that again itself", (project, service) => {
  expect(serviceOfProject(project)).toBe(service);
  expect(serviceOfProject(service)).toBe(service);
});
