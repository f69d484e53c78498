"""Every benchmark, one after another:

    .venv/bin/python -m benchmarks            (or some of them: python -m benchmarks pages publish)

What each prints is shown, and kept with the figures it wrote in benchmarks/results/all.json. The machine should have
nothing else to do. docs/benchmarks.md says how to read them.
"""

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))


def run(name: str) -> dict:
    """Run one: its words, line by line as they come, its figures if it wrote any, and whether it went well."""
    print(f"\n== {name}", flush=True)
    file, words = RESULTS / f"{name}.json", []
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            words.append(line.rstrip().rpartition("\r")[2])
    figures = json.loads(file.read_text()) if file.exists() else None
    return {"words": words, "figures": figures, "went_well": process.returncode == 0}


def main(chosen: list[str]) -> int:
    """Run those that are named, or all; the exit status says whether each went well."""
    unknown = set(chosen) - set(names())
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(names())}.")
    found = {name: run(name) for name in chosen or names()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "all.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
    return not all(one["went_well"] for one in found.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
