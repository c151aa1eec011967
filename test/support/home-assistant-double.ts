import { connectAsync, type MqttClient } from "mqtt";
import { z } from "zod";

/**
 * Home Assistant's side of its documented MQTT discovery, as far as Latchkey uses it. Options are those of its
 * documentation, each platform's own and no other: what the original would ignore is a mistake here.
 */

const template = z.string().regex(/\{\{.*\}\}/);
const subscribed = z.string().regex(/^[^#+]+$/);
const availability = z.array(z.strictObject({ topic: subscribed, payload_available: z.string().default("online"), payload_not_available: z.string().default("offline"), value_template: template.optional() })).min(1);

const common = {
  platform: z.string(),
  unique_id: z.string().regex(/^[A-Za-z0-9_-]+$/),
  name: z.string().min(1).nullable().optional(),
  availability: availability.optional(),
  availability_mode: z.enum(["all", "any", "latest"]).optional(),
  entity_category: z.enum(["diagnostic", "config"]).optional(),
  icon: z.string().startsWith("mdi:").optional(),
  json_attributes_topic: subscribed.optional(),
  json_attributes_template: template.optional(),
  state_topic: subscribed.optional(),
  value_template: template.optional(),
  qos: z.int().min(0).max(2).optional(),
};
const PLATFORMS = {
  lock: z.strictObject({
    ...common,
    command_topic: subscribed,
    command_template: template.optional(),
    retain: z.boolean().default(false),
    optimistic: z.literal(false).default(false),
    payload_lock: z.string().default("LOCK"),
    payload_unlock: z.string().default("UNLOCK"),
    payload_open: z.string().optional(),
  }),
  binary_sensor: z.strictObject({ ...common, device_class: z.enum(["lock", "door", "tamper", "problem", "connectivity"]).optional(), payload_on: z.string().default("ON"), payload_off: z.string().default("OFF") }),
  sensor: z.strictObject({ ...common, device_class: z.enum(["timestamp"]).optional() }),
  event: z.strictObject({ ...common, event_types: z.array(z.string()).min(1) }),
} as const;
type Platform = keyof typeof PLATFORMS;

const Discovery = z.strictObject({
  device: z.strictObject({ identifiers: z.array(z.string()).min(1), name: z.string().min(1), manufacturer: z.string(), model: z.string(), serial_number: z.string(), configuration_url: z.url({ protocol: /^https?$/ }) }),
  origin: z.strictObject({ name: z.string(), sw_version: z.string().optional(), support_url: z.url().optional() }),
  availability,
  availability_mode: z.enum(["all", "any", "latest"]),
  state_topic: subscribed,
  components: z.record(z.string(), z.looseObject({ platform: z.enum(Object.keys(PLATFORMS) as [Platform, ...Platform[]]) })),
});

/** As its discovery.ts and its lock's states are documented. */
const TOPIC = /^homeassistant\/device\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/;
const LOCK_STATES: { [payload: string]: string } = { LOCKED: "locked", LOCKING: "locking", UNLOCKED: "unlocked", UNLOCKING: "unlocking", JAMMED: "jammed", OPEN: "open", OPENING: "opening", None: "unknown" };

export interface HomeEntity {
  platform: Platform;
  /** What its reader sees before its state. */
  name: string;
  config: z.output<(typeof PLATFORMS)[Platform]>;
  state: string;
  attributes: Record<string, unknown>;
  /** Of an `event`: what it was told, oldest first. */
  events: Record<string, unknown>[];
  /** All that it has shown, oldest first. */
  history: string[];
}

export class HomeAssistantDouble {
  readonly #client: MqttClient;
  readonly #now: () => number;
  /** By discovery topic, then component. */
  readonly #discovered = new Map<string, Map<string, HomeEntity>>();
  readonly #topics = new Map<string, string>();
  /** How often it was told what there is. */
  discoveries = 0;
  /** What it could not make sense of. */
  readonly flaws: string[] = [];

  private constructor(client: MqttClient, now: () => number) {
    this.#client = client;
    this.#now = now;
    client.on("message", (topic: string, payload: Buffer, { retain }) => this.#heard(topic, payload.toString(), retain));
  }

  /** @param now Unix seconds of its own clock. */
  static async start(port: number, now: () => number): Promise<HomeAssistantDouble> {
    const double = new HomeAssistantDouble(await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 }), now);
    await double.#client.subscribeAsync("homeassistant/#");
    return double;
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }

  /** It has started anew. */
  async birth(): Promise<void> {
    await this.#client.publishAsync("homeassistant/status", "online");
  }

  /** Of one door, by component. */
  entities(door: string): Map<string, HomeEntity> {
    const topic = [...this.#discovered.keys()].find((each) => each.includes(`/${door}/`));
    return topic === undefined ? new Map() : this.#discovered.get(topic)!;
  }

  /** What its reader sees of an entity; `missing` where there is none. */
  shows(door: string, component: string): string {
    const entity = this.entities(door).get(component);
    if (entity === undefined) return "missing";
    return this.#available(entity) ? entity.state : "unavailable";
  }

  /** @returns what it has written where, so that somebody can write it again. */
  async press(door: string, action: "lock" | "unlock"): Promise<{ topic: string; payload: string }> {
    const { config } = this.entities(door).get("lock")!;
    const lock = config as z.output<typeof PLATFORMS.lock>;
    const value = action === "lock" ? lock.payload_lock : lock.payload_unlock;
    const payload = (lock.command_template ?? "{{ value }}").replace("{{ value }}", value).replace("{{ now().timestamp() }}", this.#now().toFixed(6));
    await this.publish(lock.command_topic, payload, lock.retain);
    return { topic: lock.command_topic, payload };
  }

  async publish(topic: string, payload: string, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain });
  }

  #heard(topic: string, payload: string, retained: boolean): void {
    if (TOPIC.test(topic)) this.#discover(topic, payload);
    else if (topic.startsWith("homeassistant/device/")) this.flaws.push(`an illegal discovery topic: ${topic}`);
    else this.#told(topic, payload, retained);
  }

  #discover(topic: string, payload: string): void {
    if (payload === "") return void this.#discovered.delete(topic);
    this.discoveries += 1;
    const read = Discovery.safeParse(JSON.parse(payload));
    if (!read.success) return void this.flaws.push(`${topic}: ${read.error.message}`);
    const { device, components, ...shared } = read.data;
    const entities = this.#discovered.get(topic) ?? new Map<string, HomeEntity>();
    this.#discovered.set(topic, entities);
    for (const [id, given] of Object.entries(components)) {
      const { platform } = given;
      if (Object.keys(given).length === 1) {
        // Only what is of that kind goes: the same id may be something else by now.
        if (entities.get(id)?.platform === platform) entities.delete(id);
        continue;
      }
      const checked = PLATFORMS[platform].safeParse({ availability: shared.availability, availability_mode: shared.availability_mode, state_topic: shared.state_topic, ...given });
      if (!checked.success) {
        this.flaws.push(`${topic} ${id}: ${checked.error.message}`);
        continue;
      }
      const before = entities.get(id);
      if (before !== undefined && (before.platform !== platform || before.config.unique_id !== checked.data.unique_id)) this.flaws.push(`${id} has become another`);
      const name = checked.data.name === null ? device.name : `${device.name} ${checked.data.name ?? ("device_class" in checked.data ? (checked.data.device_class ?? "") : "")}`;
      entities.set(id, { ...(before ?? { state: "unknown", attributes: {}, events: [], history: [] }), platform, name, config: checked.data });
      this.#subscribe(checked.data);
    }
    const ids = [...this.#discovered.values()].flatMap((each) => [...each.values()].map(({ config }) => config.unique_id));
    if (new Set(ids).size !== ids.length) this.flaws.push("a unique_id is not unique");
  }

  #subscribe(config: HomeEntity["config"]): void {
    const topics = [config.state_topic!, ...config.availability!.map(({ topic }) => topic), ...(config.json_attributes_topic === undefined ? [] : [config.json_attributes_topic])];
    // Anew, so that what is retained comes once more: for an entity that was not there before.
    void this.#client.unsubscribeAsync([...new Set(topics)]).then(() => this.#client.subscribeAsync([...new Set(topics)])).catch(() => undefined);
  }

  #told(topic: string, payload: string, retained: boolean): void {
    this.#topics.set(topic, payload);
    for (const entity of [...this.#discovered.values()].flatMap((entities) => [...entities.values()])) {
      if (entity.config.json_attributes_topic === topic && payload !== "") this.#takeAttributes(entity, payload);
      if (entity.config.state_topic === topic && payload !== "") this.#takeState(entity, payload, retained);
    }
  }

  #takeAttributes(entity: HomeEntity, payload: string): void {
    const rendered = render(entity.config.json_attributes_template!, payload);
    const attributes: unknown = JSON.parse(rendered);
    if (typeof attributes === "object" && attributes !== null && !Array.isArray(attributes)) entity.attributes = attributes as Record<string, unknown>;
    else this.flaws.push(`attributes that are no dictionary: ${rendered}`);
  }

  #takeState(entity: HomeEntity, payload: string, retained: boolean): void {
    const { config, platform } = entity;
    if (platform === "event") {
      if (retained) return;
      const { event_type: type, ...attributes } = JSON.parse(payload) as { event_type: string };
      if (!(config as z.output<typeof PLATFORMS.event>).event_types.includes(type)) return void this.flaws.push(`an event of an unknown type: ${type}`);
      entity.events.push({ type, ...attributes });
      return;
    }
    const value = config.value_template === undefined ? payload : render(config.value_template, payload);
    const state = this.#stateOf(entity, value);
    if (state === undefined) return void this.flaws.push(`${config.unique_id} cannot be ${value}`);
    entity.state = state;
    if (entity.history.at(-1) !== state) entity.history.push(state);
  }

  #stateOf({ platform, config }: HomeEntity, value: string): string | undefined {
    if (platform === "lock") return LOCK_STATES[value];
    if (value === "None") return "unknown";
    if (platform === "binary_sensor") {
      const { payload_on, payload_off } = config as z.output<typeof PLATFORMS.binary_sensor>;
      return value === payload_on ? "on" : value === payload_off ? "off" : undefined;
    }
    // A timestamp needs its zone.
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? value : undefined;
  }

  #available({ config }: HomeEntity): boolean {
    const all = config.availability!.map(({ topic, payload_available }) => this.#topics.get(topic) === payload_available);
    return config.availability_mode === "any" ? all.includes(true) : all.every(Boolean);
  }
}

/** As much of Jinja as the templates use. */
function render(text: string, payload: string): string {
  const json = JSON.parse(payload) as Record<string, unknown>;
  const one = /^\{\{ value_json\.([a-z_]+) (\| tojson )?\}\}$/.exec(text);
  if (one !== null) return one[2] === undefined ? String(json[one[1]]) : JSON.stringify(json[one[1]]);
  const map = /^\{\{ \{'([a-z_]+)': value_json\.([a-z_]+)\} \| tojson \}\}$/.exec(text);
  if (map === null) throw new Error(`a template that this double does not know: ${text}`);
  return JSON.stringify({ [map[1]]: json[map[2]] });
}
