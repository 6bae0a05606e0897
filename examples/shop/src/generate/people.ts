import type { Random } from "./random.ts";

/** Somebody who commits, and the offset of their clock from UTC in minutes. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly offsetMinutes: number;
}

const givenNames = [
  "Mira",
  "Jonas",
  "Priya",
  "Lena",
  "Tomás",
  "Aiko",
  "Farid",
  "Nora",
  "Piet",
  "Chiara",
  "Olu",
  "Wanda",
];
const familyNames = ["Okafor", "Lindqvist", "Marsh", "Ferrari", "Novak", "Iyer", "Brandt", "Sato", "Haddad", "Visser"];
const offsets = [-300, 0, 60, 60, 120, 330];

/** Five to seven people with different names. */
export function choosePeople(random: Random): Person[] {
  const surnames = random.shuffle(familyNames);
  return random
    .shuffle(givenNames)
    .slice(0, 5 + random.int(3))
    .map((given, index) => {
      const family = surnames[index] ?? "Doe";
      const plain = (text: string) =>
        text
          .normalize("NFD")
          .replace(/[^a-zA-Z]/g, "")
          .toLowerCase();
      return {
        name: `${given} ${family}`,
        email: `${plain(given)}.${plain(family)}@example.com`,
        offsetMinutes: random.pick(offsets),
      };
    });
}
