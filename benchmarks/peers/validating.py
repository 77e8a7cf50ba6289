"""libyaml + jsonschema: `python validating.py ROOT` reads every manifest and checks its context, with one validator."""

import json
import sys
from pathlib import Path

import jsonschema
import yaml

if __name__ == "__main__":
    root = Path(sys.argv[1])
    validator = jsonschema.Draft202012Validator(json.loads((root / "schemas/writer.json").read_bytes()))
    wrong = 0
    for file in sorted(root.glob("assistants/**/*.yaml")):
        manifest = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        wrong += len(list(validator.iter_errors(manifest["context"])))
    print(wrong)
