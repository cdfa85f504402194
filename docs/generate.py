# SPDX-License-Identifier: Apache-2.0
"""Writes the reference pages from the code: ``make docs``. With ``--check`` it only tells whether they are current."""

import inspect
import sys
from pathlib import Path

import typer.main

from shopwright.auth.roles import KERNEL_PERMISSIONS
from shopwright.cli.main import build
from shopwright.config import Config
from shopwright.hooks import policy_of
from shopwright.hookspecs import register_slots
from shopwright.plugin import PluginSettings
from shopwright.registry import Registry, Spec, discover
from shopwright.settings.fields import describe
from shopwright.templating.slots import declared

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `make docs` from the code; changes here are lost. -->\n"
MODES = {
    "register": "Called once, when the application starts; fills a registry keyed by code.",
    "collect": "Every plugin answers a sequence; the call gives one list.",
    "first": "Plugins are asked in order until one gives an answer.",
    "filter": "A value goes from plugin to plugin; `None` leaves it as it was.",
    "veto": "Every plugin may object; all objections are shown, and any of them stops the operation.",
    "around": "Plugins wrap the operation, the first one outermost.",
    "event": "Delivered after the commit, at least once, in order for each thing it is about.",
}


def first_party() -> Registry:
    return Registry.load(sorted(discover(first_party_only=True)))


def hooks(registry: Registry) -> str:
    """Describe every hook with its exact signature, policy, and who implements it."""
    lines = ["# Hooks", "", NOTE, "| Mode | What happens |", "|---|---|"]
    lines += [f"| `{mode}` | {text} |" for mode, text in MODES.items()]
    owner = ""
    for spec in registry.specs():
        if spec.owner != owner:
            owner = spec.owner
            lines += ["", f"## {owner}"]
        lines += _hook(registry, spec)
    return "\n".join(lines) + "\n"


def slots(registry: Registry) -> str:
    """Describe every slot with its model and owner."""
    owners = {code: entry.plugin for code, entry in registry.registered(register_slots).items()}
    lines = [
        "# Slots",
        "",
        NOTE,
        "A plugin adds to a slot by implementing [`template_slot`](hooks.md); a theme must",
        "keep the slots of the pages it replaces.",
        "",
    ]
    lines += ["| Slot | Where | `model` | Owner |", "|---|---|---|---|"]
    for code, slot in declared(registry).items():
        model = f"`{slot.model.__module__}.{slot.model.__qualname__}`" if slot.model else "–"
        lines.append(f"| `{code}` | {slot.summary} | {model} | {owners.get(code, 'kernel')} |")
    return "\n".join(lines) + "\n"


def _hook(registry: Registry, spec: Spec) -> list[str]:
    policy = policy_of(spec.function)
    names = ", ".join(inspect.signature(spec.function).parameters)
    ours = [impl.plugin_name for impl in registry.implementations(spec.function)]
    facts = [f"mode `{policy.mode}`", f"on error `{policy.on_error}`"]
    facts += [f"budget {policy.budget} s"] if policy.budget else []
    facts += ["asked at once"] if policy.concurrent else []
    facts += ["codes begin with the plugin's name"] if policy.coded else []
    return [
        "",
        f"### {spec.name}({names})",
        "",
        f"{inspect.getdoc(spec.function)}",
        "",
        f"- {', '.join(facts)}",
        f"- implemented by {', '.join(ours) or 'no first-party plugin'}",
        "",
        "```python",
        f"{spec.name}{inspect.signature(spec.function)}".replace("'", ""),
        "```",
    ]


def settings(registry: Registry) -> str:
    """Describe the settings of every plugin."""
    lines = ["# Settings", "", NOTE]
    for name, plugin in registry.plugins.items():
        model: type[PluginSettings] = plugin.manifest.settings
        if model.model_fields:
            lines += ["", f"## {name}", "", "| Setting | Kind | Scope | What it does |", "|---|---|---|---|"]
            for field in describe(model, {}):
                text = " ".join(filter(None, (f"{field.label}.", field.help)))
                lines.append(f"| `{name}.{field.name}` | {field.kind} | {field.scope} | {text} |")
    return "\n".join(lines) + "\n"


def permissions(registry: Registry) -> str:
    """List every permission."""
    lines = ["# Permissions", "", NOTE, "| Permission | Allows to |", "|---|---|"]
    lines += [f"| `{p.code}` | {p.label} |" for p in KERNEL_PERMISSIONS]
    for plugin in registry.plugins.values():
        lines += [f"| `{p.code}` | {p.label} |" for p in plugin.manifest.permissions]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """List every command."""
    lines = ["# Commands", "", NOTE, "| Command | What it does |", "|---|---|"]
    lines += _commands(typer.main.get_command(build()), "shopwright")
    return "\n".join(lines) + "\n"


def _commands(command: object, path: str) -> list[str]:
    inner: dict[str, object] = getattr(command, "commands", {})
    if not inner:
        text = (getattr(command, "help", "") or "").partition("\n")[0]
        return [f"| `{path}` | {text} |"]
    return [line for name in sorted(inner) for line in _commands(inner[name], f"{path} {name}")]


def configuration() -> str:
    """List every key of the configuration."""
    lines = [
        "# Configuration", "", NOTE,
        (
            "Keys of `shopwright.toml`. Each can also be set in the environment: `SHOPWRIGHT_` and the key in capitals, "
            "lists with commas between; `DATABASE_URL` and `REDIS_URL` need no prefix. The environment wins."
        ),
        "", "| Key | Default | What it does |", "|---|---|---|",
    ]  # fmt: skip
    for name, info in Config.model_fields.items():
        value = info.default if info.default is not None else ""
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        text = " ".join((info.description or "").split()).replace("``", "`")
        lines.append(f"| `{name}` | {f'`{shown}`' if shown else ''} | {text} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    registry = first_party()
    return {
        REFERENCE / "hooks.md": hooks(registry),
        REFERENCE / "slots.md": slots(registry),
        REFERENCE / "settings.md": settings(registry),
        REFERENCE / "permissions.md": permissions(registry),
        REFERENCE / "commands.md": commands(),
        REFERENCE / "configuration.md": configuration(),
    }


def main() -> int:
    """Write the pages, or compare them; gives the exit code."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is out of date: run `make docs`")
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for path, text in stale.items():
        path.write_text(text)
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
