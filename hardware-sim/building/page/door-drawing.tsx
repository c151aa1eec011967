import type { JSX } from "preact";
import type { DoorView } from "../door-view";

/** Where the leaf is, by what kind of door it is: a house door, a garage's shutter, a cellar door under an arch. */
const KINDS = ["house", "garage", "cellar"] as const;

/** One bay of the house: a window above, the door below, its reader, its lamp and its wire to the cloud. */
export function DoorDrawing({ door }: { door: DoorView }): JSX.Element {
  const kind = KINDS[door.index % KINDS.length];
  const state = { "data-power": onOff(door.power), "data-leaf": door.leafOpen ? "open" : "closed", "data-strike": onOff(door.strike), "data-led": door.power && door.ledGreen ? "green" : door.power ? "red" : "dark", "data-plug": onOff(door.network), "data-linked": onOff(door.linked), "data-buzzer": onOff(door.buzzer) };
  return (
    <svg class="drawing" viewBox="0 0 200 290" aria-hidden="true" {...state}>
      <rect class="wall" x="0" y="0" width="200" height="290" />
      <path class="courses" d="M0 118h200M0 150h200M0 182h200M0 214h200M0 246h200" />
      <path class="cornice" d="M0 0h200v8H0zM0 104h200v6H0z" />
      <Window x={38} lit={door.power} />
      <Window x={118} lit={door.power} />
      <path class="wire" d="M176 0v196" />
      <g class="plug" transform="translate(176 122)">
        <rect x="-7" y="-9" width="14" height="15" rx="3" />
        <path d="M-3 6v7M3 6v7" />
      </g>
      <rect class="socket" x="167" y="138" width="18" height="11" rx="2" />
      {kind === "garage" ? <Garage /> : kind === "cellar" ? <Cellar /> : <House />}
      <g class="lamp">
        <circle class="glow" cx="100" cy="124" r="17" />
        <path class="shade" d="M92 120h16l-3-7h-10z" />
        <circle class="bulb" cx="100" cy="123" r="4.500" />
      </g>
      <g class="reader">
        <rect class="plate" x="163" y="190" width="26" height="42" rx="4" />
        <rect class="led" x="168" y="195" width="16" height="4" rx="2" />
        <path class="keys" d="M169 205h3m3 0h3m3 0h3M169 212h3m3 0h3m3 0h3M169 219h3m3 0h3m3 0h3M169 226h3m3 0h3m3 0h3" />
      </g>
      <rect class="ground" x="0" y="278" width="200" height="12" />
    </svg>
  );
}

function onOff(on: boolean): "on" | "off" {
  return on ? "on" : "off";
}

function Window({ x, lit }: { x: number; lit: boolean }): JSX.Element {
  return (
    <g class="window" data-lit={onOff(lit)}>
      <rect class="shutter" x={x - 14} y="24" width="12" height="62" />
      <rect class="pane" x={x} y="24" width="44" height="62" />
      <path class="bars" d={`M${x + 22} 24v62M${x} 52h44`} />
      <rect class="shutter" x={x + 46} y="24" width="12" height="62" />
      <rect class="sill" x={x - 3} y="86" width="50" height="5" />
    </g>
  );
}

function House(): JSX.Element {
  return (
    <g class="door-kind">
      <rect class="frame" x="56" y="138" width="88" height="142" />
      <rect class="beyond" x="62" y="144" width="76" height="136" />
      <g class="leaf closed">
        <rect x="62" y="144" width="76" height="136" />
        <path class="panels" d="M70 152h26v44H70zM104 152h26v44h-26zM70 206h26v64H70zM104 206h26v64h-26z" />
        <circle class="knob" cx="130" cy="218" r="3.500" />
      </g>
      <g class="leaf opened">
        <path d="M62 144l26 14v132l-26-10z" />
        <path class="panels" d="M68 157l14 7v44l-14-5zM68 214l14 5v62l-14-5z" />
      </g>
      <rect class="strike" x="136" y="208" width="6" height="22" rx="2" />
    </g>
  );
}

function Garage(): JSX.Element {
  return (
    <g class="door-kind">
      <rect class="frame" x="26" y="150" width="130" height="130" />
      <rect class="beyond" x="32" y="156" width="118" height="124" />
      <g class="leaf closed">
        <rect x="32" y="156" width="118" height="124" />
        <path class="panels" d="M32 176h118M32 196h118M32 216h118M32 236h118M32 256h118" />
      </g>
      <g class="leaf opened">
        <rect x="32" y="156" width="118" height="24" />
        <path class="panels" d="M32 164h118M32 172h118" />
        <path class="car" d="M52 266v-14l10-4 8-16h42l8 16 10 4v14zM60 266v6h10v-6M112 266v6h10v-6" />
      </g>
      <rect class="strike" x="148" y="250" width="6" height="22" rx="2" />
    </g>
  );
}

function Cellar(): JSX.Element {
  return (
    <g class="door-kind">
      <path class="frame" d="M56 280v-88a44 40 0 0 1 88 0v88z" />
      <path class="beyond" d="M62 280v-86a38 35 0 0 1 76 0v86z" />
      <g class="leaf closed">
        <path d="M62 280v-86a38 35 0 0 1 76 0v86z" />
        <path class="panels" d="M81 280v-114M100 280v-121M119 280v-114M62 204h76M62 256h76" />
        <circle class="knob" cx="130" cy="226" r="3.500" />
      </g>
      <g class="leaf opened">
        <path d="M62 280v-86q2-14 10-22l18 14v104z" />
        <path class="panels" d="M72 200l18 8M72 258l18 10" />
        <path class="stairs" d="M98 280v-10h12v-10h12v-10h14" />
      </g>
      <rect class="strike" x="136" y="214" width="6" height="22" rx="2" />
    </g>
  );
}
