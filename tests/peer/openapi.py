# SPDX-License-Identifier: Apache-2.0
"""Whether a JSON value is what a schema of an OpenAPI file describes: the parts of it that the files in docs/ use. Needs PyYAML: None without it."""
import os
import re

try:
    import yaml
except ImportError:
    yaml = None

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


class OpenApi:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)

    def at(self, reference):
        node = self.document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def faults(self, value, schema, where=""):
        """Sentences, none when it conforms."""
        if "$ref" in schema:
            return self.faults(value, self.at(schema["$ref"]), where)
        found = [fault for one in schema.get("allOf", []) for fault in self.faults(value, one, where)]
        wanted = schema.get("type")
        if wanted and (not isinstance(value, TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool))):
            return found + [f"{where}: is no {wanted}"]
        if isinstance(value, str):
            if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
                found.append(f"{where}: does not match")
            if len(value) > schema.get("maxLength", len(value)):
                found.append(f"{where}: is too long")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where}: is none of {schema['enum']}")
        if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{where}: is out of its bounds")
        if isinstance(value, dict):
            properties = schema.get("properties", {})
            found += [f"{where}.{name}: is missing" for name in schema.get("required", []) if name not in value]
            if schema.get("additionalProperties") is False:
                found += [f"{where}.{name}: is not known" for name in value if name not in properties]
            for name in value:
                if name in properties:
                    found += self.faults(value[name], properties[name], f"{where}.{name}")
        if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
            found.append(f"{where}: has too many entries")
        if isinstance(value, list):
            for i, entry in enumerate(value):
                found += self.faults(entry, schema.get("items", {}), f"{where}[{i}]")
        return found

    def named(self, value, name):
        return self.faults(value, self.document["components"]["schemas"][name], name)

    def answer(self, method, path, code, value):
        """Of an answer: its body must be that of the operation's code, or of its default."""
        for pattern, item in self.document["paths"].items():
            if method.lower() in item and re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), path):
                responses = item[method.lower()]["responses"]
                response = responses.get(str(code), responses["default"])
                response = self.at(response["$ref"]) if "$ref" in response else response
                content = response.get("content")
                if content is None:
                    return [] if value is None else [f"{code} has no body"]
                return self.faults(value, next(iter(content.values()))["schema"], f"{method} {pattern} {code}")
        return [] if code >= 400 else [f"{method} {path} is not described"]


def load(name):
    """docs/NAME, or None: there is no PyYAML here."""
    source = os.environ.get("GODWIT_SOURCE", ".")
    return OpenApi(os.path.join(source, "docs", name)) if yaml else None
