import { z } from "zod";

const address = z.email({ error: "an address such as oncall@example.com" });

export const config = z.object({
  host: z.string().trim().min(1).max(253).describe("The SMTP server"),
  port: z.number().int().min(1).max(65_535).default(587).describe("587 for STARTTLS, 465 for TLS from the start"),
  security: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("none only for a relay in the own network"),
  from: address.describe("Whom the mail is from"),
  to: z.array(address).min(1).max(50).describe("Who is told"),
});
export type Config = z.output<typeof config>;

export const credentials = z
  .object({
    user: z.string().min(1).max(320).optional(),
    password: z.string().min(1).max(1000).optional().describe("Often an app password"),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: "user and password go together",
    path: ["password"],
  });
export type Credentials = z.output<typeof credentials>;
