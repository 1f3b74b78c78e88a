declare module "*.toml" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?emoji" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?talk" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?people" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?owner" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?closing" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?recipients" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?keepsake" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?password" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module "*.toml?system" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
